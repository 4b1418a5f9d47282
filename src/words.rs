//! Every word that a person reads, from one catalogue (Project Fluent), one file for each part of the program.
//!
//! `say!("key")` and `say!("key", count = 3, name = text)` return the sentence. A key that is missing shows itself;
//! a test makes sure that none is.

use std::borrow::Cow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// The English catalogue, as (part of the program, text).
pub const ENGLISH: [(&str, &str); 11] = [
    ("model", include_str!("../assets/words/en/model.ftl")),
    ("algo", include_str!("../assets/words/en/algo.ftl")),
    ("io", include_str!("../assets/words/en/io.ftl")),
    ("app", include_str!("../assets/words/en/app.ftl")),
    ("ui", include_str!("../assets/words/en/ui.ftl")),
    ("judge", include_str!("../assets/words/en/judge.ftl")),
    ("work", include_str!("../assets/words/en/work.ftl")),
    ("window", include_str!("../assets/words/en/window.ftl")),
    ("volume", include_str!("../assets/words/en/volume.ftl")),
    ("gpu", include_str!("../assets/words/en/gpu.ftl")),
    ("cli", include_str!("../assets/words/en/cli.ftl")),
];

pub use fluent_bundle::FluentValue as WordValue;

fn bundle() -> &'static FluentBundle<FluentResource> {
    static BUNDLE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let mut bundle = FluentBundle::new_concurrent(vec![unic_langid::LanguageIdentifier::default()]);
        // Marks around inserted names would show up in error messages and JSON.
        bundle.set_use_isolating(false);
        for (_, text) in ENGLISH {
            // What can be read is used; the tests insist that all of it can.
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        bundle
    })
}

/// The sentence behind a key. Use the macro [`crate::say`].
pub fn lookup(key: &str, values: &[(&'static str, WordValue<'_>)]) -> String {
    let bundle = bundle();
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let args: FluentArgs<'_> = values
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
        .collect();
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
}

/// A sentence from the catalogue: `say!("cancelled")`, `say!("missing-slices", count = 3)`.
#[macro_export]
macro_rules! say {
    ($key:literal) => { $crate::words::lookup($key, &[]) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::lookup($key, &[$((stringify!($name), $crate::words::WordValue::from($value))),+])
    };
}
