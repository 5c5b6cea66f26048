//! Builds the libmseed of `LIBMSEED_SOURCE`, if that is asked for.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "source")]
    source();
}

#[cfg(feature = "source")]
fn source() {
    println!("cargo:rerun-if-env-changed=LIBMSEED_SOURCE");
    let folder = std::env::var("LIBMSEED_SOURCE")
        .expect("LIBMSEED_SOURCE: the folder of libmseed's C sources (it holds libmseed.h)");
    let files: Vec<_> = std::fs::read_dir(&folder)
        .expect("LIBMSEED_SOURCE can be listed")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "c"))
        .collect();
    // Optimised as the profile says (-O3 in release), as `libmseed-sys` does it.
    cc::Build::new().files(files).include(&folder).warnings(false).compile("mseed");
}
