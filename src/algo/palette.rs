//! Pictures in at most 256 colours.

use std::collections::HashMap;

/// A picture with a table of colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// Red, green, blue.
    pub colors: Vec<[u8; 3]>,
    /// For each pixel its colour's place in the table.
    pub pixels: Vec<u8>,
}

/// Bits of a channel by which colours are told apart where there are too many of them.
const BITS: u32 = 6;

/// How many such colours there are.
const BINS: usize = 1 << (3 * BITS);

/// Puts a picture into at most `most` colours (1 to 256): its own where it has no more, so that every grey picture stays
/// as it is; else those that are left when the colours are cut apart, again and again, where they differ most (median
/// cut after Heckbert, SIGGRAPH 1982, cutting at the mean). There is no dither: what is flat stays flat.
pub fn indexed(pixels: &[[u8; 3]], most: usize) -> Indexed {
    let most = most.clamp(1, 256);
    own_colors(pixels, most).unwrap_or_else(|| cut_colors(pixels, most))
}

/// The picture in the colours that it has; `None` if these are too many.
fn own_colors(pixels: &[[u8; 3]], most: usize) -> Option<Indexed> {
    let mut places: HashMap<[u8; 3], u8> = HashMap::new();
    let mut indexed = Indexed {
        colors: Vec::new(),
        pixels: Vec::with_capacity(pixels.len()),
    };
    let mut last: Option<([u8; 3], u8)> = None;
    for color in pixels {
        let place = match last {
            Some((before, place)) if before == *color => place,
            _ => match places.get(color) {
                Some(place) => *place,
                None if indexed.colors.len() == most => return None,
                None => {
                    let place = indexed.colors.len() as u8;
                    indexed.colors.push(*color);
                    places.insert(*color, place);
                    place
                }
            },
        };
        last = Some((*color, place));
        indexed.pixels.push(place);
    }
    Some(indexed)
}

/// Like colours, counted together.
#[derive(Clone, Copy, Default)]
struct Bin {
    key: u32,
    count: f64,
    /// Of the colours' channels.
    sum: [f64; 3],
}

impl Bin {
    fn mean(&self, channel: usize) -> f64 {
        self.sum[channel] / self.count.max(1.0)
    }
}

fn key([r, g, b]: [u8; 3]) -> u32 {
    let part = |value: u8| u32::from(value) >> (8 - BITS);
    part(r) << (2 * BITS) | part(g) << BITS | part(b)
}

/// Colours that share a place in the table.
struct Cut {
    /// Where its bins begin and end.
    range: std::ops::Range<usize>,
    /// The channel in which they differ most, how much (the sum of squares), and their mean in it.
    channel: usize,
    error: f64,
    mean: f64,
}

impl Cut {
    fn new(bins: &[Bin], range: std::ops::Range<usize>) -> Self {
        let within = bins.get(range.clone()).unwrap_or_default();
        let count: f64 = within.iter().map(|bin| bin.count).sum();
        let channels = (0..3usize).map(|channel| {
            let mean = within.iter().map(|bin| bin.sum[channel]).sum::<f64>() / count.max(1.0);
            let apart = |bin: &Bin| (bin.mean(channel) - mean).powi(2) * bin.count;
            (channel, within.iter().map(apart).sum::<f64>(), mean)
        });
        let widest = channels.max_by(|a, b| a.1.total_cmp(&b.1));
        let (channel, error, mean) = widest.unwrap_or_default();
        Self {
            range,
            channel,
            error,
            mean,
        }
    }
}

fn cut_colors(pixels: &[[u8; 3]], most: usize) -> Indexed {
    let mut table = vec![Bin::default(); BINS];
    for color in pixels {
        let key = key(*color);
        let bin = &mut table[key as usize];
        bin.key = key;
        bin.count += 1.0;
        for (sum, value) in bin.sum.iter_mut().zip(color) {
            *sum += f64::from(*value);
        }
    }
    let mut bins: Vec<Bin> = table.into_iter().filter(|bin| bin.count > 0.0).collect();
    let whole = 0..bins.len();
    let mut cuts = vec![Cut::new(&bins, whole)];
    while cuts.len() < most {
        let worst = (0..cuts.len()).max_by(|a, b| cuts[*a].error.total_cmp(&cuts[*b].error));
        let Some(cut) = worst.map(|worst| cuts.swap_remove(worst)) else {
            break;
        };
        let within = &mut bins[cut.range.clone()];
        within.sort_unstable_by(|a, b| a.mean(cut.channel).total_cmp(&b.mean(cut.channel)));
        let lower = within.partition_point(|bin| bin.mean(cut.channel) <= cut.mean);
        let is_whole = lower == 0 || lower == within.len();
        let middle = cut.range.start + lower;
        if is_whole || cut.error <= 0.0 {
            // Not even the worst can be cut any more.
            cuts.push(cut);
            break;
        }
        cuts.push(Cut::new(&bins, cut.range.start..middle));
        cuts.push(Cut::new(&bins, middle..cut.range.end));
    }
    let mut place_of = vec![0u8; BINS];
    let mut colors = Vec::with_capacity(cuts.len());
    for (place, cut) in cuts.iter().enumerate() {
        let within = &bins[cut.range.clone()];
        let count: f64 = within.iter().map(|bin| bin.count).sum();
        let mean = |channel: usize| within.iter().map(|bin| bin.sum[channel]).sum::<f64>() / count.max(1.0);
        colors.push([0, 1, 2].map(|channel| mean(channel).round() as u8));
        for bin in within {
            place_of[bin.key as usize] = place as u8;
        }
    }
    let pixels = pixels.iter().map(|color| place_of[key(*color) as usize]).collect();
    Indexed { colors, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst_error(pixels: &[[u8; 3]], indexed: &Indexed) -> i32 {
        let apart = |(color, place): (&[u8; 3], &u8)| {
            let shown = indexed.colors[usize::from(*place)];
            (0..3)
                .map(|c| (i32::from(color[c]) - i32::from(shown[c])).abs())
                .max()
                .unwrap()
        };
        pixels.iter().zip(&indexed.pixels).map(apart).max().unwrap()
    }

    #[test]
    fn few_colors_stay_as_they_are() {
        let grays: Vec<[u8; 3]> = (0..1000u32).map(|n| [(n % 256) as u8; 3]).collect();
        let indexed = super::indexed(&grays, 256);
        assert_eq!(indexed.colors.len(), 256);
        assert_eq!(worst_error(&grays, &indexed), 0);
    }

    #[test]
    fn many_colors_are_near_what_they_were() {
        let colors: Vec<[u8; 3]> = (0..64u32 * 64)
            .map(|n| [(n % 64 * 4) as u8, (n / 64 * 4) as u8, 128])
            .collect();
        let indexed = super::indexed(&colors, 255);
        assert!(indexed.colors.len() <= 255);
        assert!(
            worst_error(&colors, &indexed) <= 16,
            "{}",
            worst_error(&colors, &indexed)
        );
    }

    #[test]
    fn a_color_of_many_pixels_is_kept_among_many_others() {
        let mut colors = vec![[10u8, 20, 200]; 100_000];
        colors.extend((0..5000u32).map(|n| [(n % 250) as u8, (n * 7 % 251) as u8, (n * 3 % 100) as u8]));
        let indexed = super::indexed(&colors, 256);
        assert_eq!(indexed.colors[usize::from(indexed.pixels[0])], [10, 20, 200]);
    }

    #[test]
    fn nothing_and_one_color_are_pictures_too() {
        assert_eq!(indexed(&[], 256).pixels.len(), 0);
        let two = [[0u8; 3], [200; 3]];
        let one = indexed(&two, 1);
        assert_eq!(
            (one.colors.as_slice(), one.pixels.as_slice()),
            (&[[100u8; 3]][..], &[0u8, 0][..])
        );
    }
}
