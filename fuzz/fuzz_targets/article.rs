//! Any text as the body of an article → its places and partners: every span lies in the text.

#![no_main]

use liancheng::article::{Content, Given, Origin, RawPage};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let page = RawPage {
        origin: Origin::file("a"),
        given: Given::default(),
        content: Content::Body(text.to_owned()),
        format: "JSON Lines",
        encoding: "UTF-8",
        damaged: 0,
    };
    let Ok(clean) = liancheng::clean::clean(page) else { return };
    let article = liancheng::understand::understand(clean);
    let lengths = [article.title.chars().count(), article.body.chars().count()];
    for mention in article.places.iter().flat_map(|place| &place.mentions) {
        assert!(mention.span.start < mention.span.end);
        assert!(lengths.iter().any(|&length| mention.span.end as usize <= length), "{text}");
    }
});
