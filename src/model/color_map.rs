//! From grey to colour: 256 colours, applied after the window.

/// A colour map: one colour for each of 256 grey levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColorMap {
    name: String,
    colors: Vec<[u8; 3]>,
}

/// A colour at a position of a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColorStop {
    /// Place in the map, 0 to 1.
    pub at: f64,
    /// Red, green, blue.
    pub color: [u8; 3],
}

impl ColorMap {
    /// Plain grey.
    pub fn gray() -> Self {
        Self {
            name: "gray".to_owned(),
            colors: (0..=255).map(|n| [n, n, n]).collect(),
        }
    }

    /// A map that runs straight (in sRGB numbers) between stops. Stops ascend; before the first and after the last
    /// the colour stays. `None` without stops or when they do not ascend.
    pub fn from_stops(name: &str, stops: &[ColorStop]) -> Option<Self> {
        let (first, last) = (stops.first()?, stops.last()?);
        if stops.windows(2).any(|pair| pair[0].at >= pair[1].at) {
            return None;
        }
        let color_at = |at: f64| -> [u8; 3] {
            let next = stops.partition_point(|stop| stop.at <= at);
            let (Some(high), Some(low)) = (stops.get(next), next.checked_sub(1).and_then(|n| stops.get(n))) else {
                return if at < first.at { first.color } else { last.color };
            };
            let t = (at - low.at) / (high.at - low.at);
            std::array::from_fn(|c| {
                (f64::from(low.color[c]) + t * (f64::from(high.color[c]) - f64::from(low.color[c])) + 0.5).floor() as u8
            })
        };
        Some(Self {
            name: name.to_owned(),
            colors: (0..256).map(|n| color_at(f64::from(n) / 255.0)).collect(),
        })
    }

    /// The name by which commands and the command line call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The colour of a grey level.
    pub fn color(&self, level: u8) -> [u8; 3] {
        self.colors.get(usize::from(level)).copied().unwrap_or_default()
    }

    /// All 256 colours.
    pub fn colors(&self) -> &[[u8; 3]] {
        &self.colors
    }
}
