#![no_main]
libfuzzer_sys::fuzz_target!(
    init: fuzzing::Target::named("links").sow(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap(),
    |bytes: &[u8]| (fuzzing::Target::named("links").check)(bytes)
);
