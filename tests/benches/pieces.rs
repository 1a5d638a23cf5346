//! The small pieces by criterion, to look at one of them closely: `cargo xtask bench --pieces`. The table is made by
//! `side_by_side`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on has failed"
)]

#[path = "side_by_side/rows/decode/peer.rs"]
mod peer;
#[path = "side_by_side/rows/decode/samples.rs"]
mod samples;
#[path = "side_by_side/traffic.rs"]
#[allow(dead_code, reason = "what else the table needs of it")]
mod traffic;

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use vigie_core::model::{Parameters, Time};
use vigie_core::profile::{Batch, Library};
use vigie_core::store::{NewSource, Store};
use vigie_core::transport::Frame;
use vigie_core::transport::sse::{Limits, Parser};

use crate::traffic::Identifiers;

/// As the programs have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A payment's time: 2026-01-05T07:00:00Z.
const AT: i64 = 1_767_596_400_000;
/// The frames of a batch that is decoded.
const FRAMES: u64 = 50;
/// The messages of a stream.
const MESSAGES: u64 = 1_000;

/// A frame becomes an event, for each type of message; beside it the peer of the table.
fn decode(criterion: &mut Criterion) {
    let library = Library::built_in().unwrap();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(FRAMES));
    // Of so many, each for less long.
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    for sample in samples::SAMPLES {
        let profile = library.profile(sample.profile).unwrap();
        sample.check(profile);
        let (stream, frame) = (sample.stream(profile), sample.frame());
        let name = format!("{} {}", sample.profile, sample.message);
        group.bench_function(BenchmarkId::new("ours", &name), |bencher| {
            bencher.iter(|| {
                let mut batch = Batch::default();
                for _ in 0..FRAMES {
                    profile.decode(stream, black_box(&frame), &mut batch);
                }
                batch
            });
        });
        group.bench_function(BenchmarkId::new("peer", &name), |bencher| {
            bencher.iter(|| {
                for _ in 0..FRAMES {
                    (sample.peer)(black_box(&frame.bytes)).unwrap();
                }
            });
        });
    }
    group.finish();
}

/// Bytes become Server-Sent Events.
fn sse(criterion: &mut Criterion) {
    let mut bytes = Vec::new();
    for number in 0..MESSAGES {
        bytes.extend(b"data: ");
        traffic::write(&mut bytes, number, Identifiers::Growing, AT);
        bytes.extend(b"\n\n");
    }
    let mut group = criterion.benchmark_group("sse");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    for piece in [1_460, 65_536] {
        group.bench_with_input(BenchmarkId::new("bytes at once", piece), &piece, |bencher, piece| {
            bencher.iter(|| {
                let mut parser = Parser::new(Limits::default(), "");
                bytes.chunks(*piece).map(|piece| parser.push(piece).count()).sum::<usize>()
            });
        });
    }
    group.finish();
}

/// A batch of payments is committed.
fn commit(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // On the disk of the build: a file system in memory would tell of something else.
    let folder = tempfile::tempdir_in(std::env::current_exe().unwrap().parent().unwrap()).unwrap();
    let (store, source) = runtime.block_on(async {
        let store = Store::open(&folder.path().join("vigie.sqlite")).await.unwrap();
        let source = store.add_source(source()).await.unwrap().id;
        (store, source)
    });
    let library = Library::built_in().unwrap();
    let profile = library.profile("big-defend").unwrap();
    let mut next = 0;
    let mut group = criterion.benchmark_group("commit");
    for size in [1, 100, 1_000] {
        group.throughput(Throughput::Elements(size));
        group.bench_with_input(BenchmarkId::new("events", size), &size, |bencher, size| {
            let batch = || {
                let mut batch = Batch::default();
                for _ in 0..*size {
                    let mut bytes = Vec::new();
                    traffic::write(&mut bytes, next, Identifiers::Growing, AT);
                    next += 1;
                    let frame = Frame {
                        length: bytes.len(),
                        bytes: Bytes::from(bytes),
                        received_at: Time(AT),
                        event: None,
                        event_id: None,
                    };
                    profile.decode(&profile.transports[0].streams[0], &frame, &mut batch);
                }
                batch
            };
            let commit = |batch| runtime.block_on(store.ingest(source, &batch, None)).unwrap();
            bencher.iter_batched(batch, commit, BatchSize::LargeInput);
        });
    }
    group.finish();
    runtime.block_on(store.close());
}

fn source() -> NewSource {
    NewSource {
        name: "Retail".to_owned(),
        url: "http://127.0.0.1:9/".parse().unwrap(),
        profile: "big-defend".to_owned(),
        user: "analyst".to_owned(),
        parameters: Parameters::new(),
        simulated: false,
        remembered: false,
    }
}

criterion_group!(pieces, decode, sse, commit);
criterion_main!(pieces);
