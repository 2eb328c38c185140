//! Help of every command, word for word, and arguments that are none.

use expect_test::{expect, expect_file};

use crate::desk::Desk;

#[test]
fn every_command_explains_itself() {
    let desk = Desk::new();
    for (command, expected) in [
        ("", expect_file!["help/liancheng.txt"]),
        ("index", expect_file!["help/index.txt"]),
        ("rebuild", expect_file!["help/rebuild.txt"]),
        ("search", expect_file!["help/search.txt"]),
        ("facets", expect_file!["help/facets.txt"]),
        ("partners", expect_file!["help/partners.txt"]),
        ("trend", expect_file!["help/trend.txt"]),
        ("push", expect_file!["help/push.txt"]),
        ("serve", expect_file!["help/serve.txt"]),
        ("show", expect_file!["help/show.txt"]),
        ("status", expect_file!["help/status.txt"]),
        ("watch", expect_file!["help/watch.txt"]),
        ("new", expect_file!["help/new.txt"]),
        ("check", expect_file!["help/check.txt"]),
        ("read", expect_file!["help/read.txt"]),
        ("similar", expect_file!["help/similar.txt"]),
        ("batch", expect_file!["help/batch.txt"]),
        ("analyze", expect_file!["help/analyze.txt"]),
        ("eval", expect_file!["help/eval.txt"]),
        ("completions", expect_file!["help/completions.txt"]),
    ] {
        let args: Vec<&str> = [command, "--help"].into_iter().filter(|a| !a.is_empty()).collect();
        let ran = desk.run(&args);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{command}");
        assert!(ran.out.contains("Example:"), "{command} shows an example");
        expected.assert_eq(&ran.out);
    }
}

#[test]
fn what_cannot_be_typed_is_said() {
    let desk = Desk::new();
    let ran = desk.run(&["serach", "佛山"]);
    expect![[r#"
        --- err
        error: unrecognized subcommand 'serach'

          tip: some similar subcommands exist: 'watch', 'serve', 'batch', 'search'

        Usage: liancheng [OPTIONS] <COMMAND>

        For more information, try '--help'.
        --- exit 2
    "#]]
    .assert_eq(&ran.all());
    assert_eq!(desk.run(&["search", "佛山", "-n", "0"]).code, Some(2));
    assert_eq!(desk.run(&["search", "佛山", "--page", "0"]).code, Some(2));
    assert_eq!(desk.run(&["search", "佛山", "--format", "xml"]).code, Some(2));
    assert_eq!(desk.run(&[]).code, Some(2));
}

#[test]
fn shells_can_complete_the_commands() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = desk.run(&["completions", shell]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.contains("rebuild") && ran.out.contains("partners"), "{shell}");
    }
}
