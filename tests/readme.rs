//! What the README shows is what the examples do.

/// The README's lines of Rust stand in the quickstart, but for the last, which there is careful
/// about a file without traces.
#[test]
fn the_ten_lines_are_those_of_the_quickstart() {
    let readme = include_str!("../README.md");
    let quickstart = include_str!("../examples/quickstart.rs");
    let code = readme.split("```rust\n").nth(1).and_then(|s| s.split("```").next()).unwrap();
    let plain = |line: &str| line.split("//").next().unwrap_or_default().trim().to_owned();
    let known: Vec<String> = quickstart.lines().map(plain).collect();
    let lines: Vec<String> = code.lines().map(plain).filter(|l| !l.is_empty()).collect();
    assert!((10..=12).contains(&lines.len()), "{}", lines.len());
    let (last, others) = lines.split_last().unwrap();
    for line in others {
        assert!(known.contains(line), "not in the quickstart: {line}");
    }
    assert!(
        last.starts_with("SacFile::from_trace(") && last.ends_with("?.write(&out)?;"),
        "{last}"
    );
}
