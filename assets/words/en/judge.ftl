# Judging: probability maps, the curve of their thresholds, and several readers side by side.

judge-probability-here = { $name }: p = { $p }
judge-probability-map = Prob.
judge-probability-threshold = Threshold
judge-probability-threshold-of = Threshold of { $name }
judge-probability-threshold-tip = Nothing less probable than this is drawn
judge-probability-opacity = Opacity
judge-probability-opacity-of = Opacity of { $name }
judge-probability-opacity-tip = How much the map covers; the outline is twice as strong. [ and ] change it
judge-probability-colors = Colours of { $name }
judge-probability-outline = Outline
judge-probability-outline-of = Outline of { $name }
judge-probability-outline-tip = Draws a line along the threshold
judge-probability-frame = Segment of { $name }
judge-probability-certain = { $value } is certain
judge-probability-certain-of = Which value of { $name } is certain
judge-probability-certain-tip = Which value of the file stands for certainty: taken from its highest value; change it if that was wrong
judge-probability-segment = Make a segmentation
judge-probability-segment-of = Make a segmentation from { $name }
judge-probability-segment-tip = What reaches the threshold becomes a segmentation that can be painted and saved

judge-curve = Dice by threshold
judge-curve-tip = A click sets the threshold of the map
judge-curve-label = The label that the probability map is judged by
judge-curve-best = Best: {$dice} at {$threshold}
judge-curve-take = Take it
judge-curve-take-tip = Sets the threshold of the map to the best one
judge-curve-at = At {$threshold}: Dice {$dice}, sensitivity {$sensitivity}, precision {$precision}

judge-readers = Readers
judge-readers-choose = Who is compared
judge-readers-count = {$count ->
    [one] one reader
   *[other] {$count} readers
}
judge-readers-compare = Compare readers
judge-readers-needs-two = Choose two or more segmentations
judge-readers-hint = Compares segmentations of one image by several readers: each pair of them, and each with the truth that is most likely behind all (STAPLE).
judge-readers-consensus = Add consensus
judge-readers-consensus-tip = Puts what is more likely than not the truth over the image, as a segmentation that can be painted and saved
judge-readers-agreement = Add agreement map
judge-readers-agreement-tip = Puts the share of readers who agree over the image, as a probability map
judge-readers-reader = reader
judge-readers-specificity = specificity
judge-readers-dice-with = Dice with {$number}
judge-readers-truth = likely truth
judge-readers-mean = Mean Dice of all pairs {$dice}. Sensitivity and specificity are by the likely truth (STAPLE).
judge-readers-sampled = Segmentations on other grids were sampled on the first one's.

judge-table-save = Save…
judge-table-save-tip = Writes the table to a file, as CSV or JSON
judge-table-jaccard = Jaccard
judge-table-specificity = specificity
judge-table-positive-ratio = LR+
judge-table-negative-ratio = LR−
judge-table-centroid = centroid, LPS mm
judge-table-box = voxels from–to
judge-table-painted-since = Painted since: these numbers are of an earlier state.
judge-agreement-of-others = The last numbers are of other segmentations. Compare these two to see theirs.
judge-statistics-of-another = The last numbers are of another segmentation. Measure this one to see its.
