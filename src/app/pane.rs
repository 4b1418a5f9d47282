//! The panes: what they are called and what each remembers.

use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use crate::model::plane::{Axes, View};
use crate::scene::Slab;

/// Names a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaneId {
    /// The plane nearest to axial.
    Axial,
    /// The plane nearest to coronal.
    Coronal,
    /// The plane nearest to sagittal.
    Sagittal,
    /// The view in three dimensions.
    Volume,
    /// Stored pictures in their own pixels, for what has no place in space.
    Stack,
}

impl PaneId {
    /// The panes of the 2×2 layout, row by row.
    pub const QUAD: [Self; 4] = [Self::Axial, Self::Coronal, Self::Sagittal, Self::Volume];

    /// The panes that show planes through the patient.
    pub const PLANES: [Self; 3] = [Self::Axial, Self::Coronal, Self::Sagittal];

    /// The standard view of a plane pane.
    pub fn view(self) -> Option<View> {
        match self {
            Self::Axial => Some(View::Axial),
            Self::Coronal => Some(View::Coronal),
            Self::Sagittal => Some(View::Sagittal),
            Self::Volume | Self::Stack => None,
        }
    }
}

/// What a plane pane remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanePane {
    /// The screen's right and down in the radiological convention; the switch to neurological mirrors them when drawn.
    pub axes: Axes,
    /// The axes before it was turned by hand. The volume fits the pane along these, so that turning never magnifies.
    pub upright: Axes,
    /// A place of the patient that stands in the middle of the pane once it is projected onto the plane.
    pub center: DVec3,
    /// A thick slice, or none.
    pub slab: Option<Slab>,
}

/// What the stack pane remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StackPane {
    /// Which stored slice.
    pub slice: usize,
    /// How far the picture's middle is moved from the pane's middle, in units of the pixel size.
    pub offset: DVec2,
}

/// How panes may stand, whichever they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// One pane alone.
    Single,
    /// One large pane, and three small ones in a column beside it.
    OneAndThree,
    /// Two by two.
    #[default]
    Quad,
}

/// Which panes are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Three planes and the volume view.
    Quad,
    /// The same with one of them large and the others in a column beside it.
    OneAndThree(PaneId),
    /// One pane alone.
    Single(PaneId),
}

impl Layout {
    /// How they stand.
    pub fn arrangement(&self) -> Arrangement {
        match self {
            Self::Quad => Arrangement::Quad,
            Self::OneAndThree(_) => Arrangement::OneAndThree,
            Self::Single(_) => Arrangement::Single,
        }
    }

    /// The panes seen, row by row; the large one first.
    pub fn panes(&self) -> Vec<PaneId> {
        match self {
            Self::Quad => PaneId::QUAD.to_vec(),
            Self::OneAndThree(large) => std::iter::once(*large)
                .chain(PaneId::QUAD.into_iter().filter(|pane| pane != large))
                .collect(),
            Self::Single(pane) => vec![*pane],
        }
    }
}
