//! The steps of the main job on one 20-minute trace, and what they could cost at least.
//!
//! How to read the figures stands in `benches/README.md`.

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_main};
use realfft::RealFftPlanner;
use seis::batch::{BatchOptions, Processing};
use seis::demo::{DemoOptions, DemoTrace, write_archive};
use seis::prelude::*;
use seis::signal::{CalibrationPlan, SamplingGrid, Scratch};
use seis::{Complex64, Response};

struct Case {
    name: String,
    raw: Vec<u8>,
    stationxml: Vec<u8>,
    trace: Trace,
    response: Response,
}

fn case(demo: &DemoTrace) -> Case {
    let station = demo.id.station;
    let path: PathBuf =
        demo.raw.parent().unwrap().with_file_name("resp").join(format!("XX.{station}.xml"));
    let stationxml = std::fs::read(path).unwrap();
    let raw = std::fs::read(&demo.raw).unwrap();
    let trace = mseed::read(&demo.raw).unwrap().stream.into_traces().remove(0);
    let inventory = Inventory::from_stationxml(&stationxml).unwrap();
    let response =
        Response::clone(inventory.response(&trace.id, trace.start, trace.end()).unwrap());
    Case { name: format!("{} Hz", demo.rate_hz), raw, stationxml, trace, response }
}

fn spec() -> CalibrationSpec {
    let removal = DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0).unwrap())
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None);
    CalibrationSpec::only(removal)
        .detrend(DetrendSpec::Demean)
        .taper(TaperSpec::new(0.05))
        .resample(InterpolationSpec::lanczos(SamplingRate::from_hz(10.0).unwrap(), 25).npts(11_900))
}

fn steps(c: &mut Criterion) {
    let root = tempfile::tempdir().unwrap();
    let archive = write_archive(root.path(), &DemoOptions::small()).unwrap();
    for demo in &archive.traces {
        let case = case(demo);
        let mut group = c.benchmark_group(&case.name);
        group.throughput(Throughput::Elements(case.trace.len() as u64));

        group.bench_function("decode miniSEED", |b| {
            b.iter(|| {
                mseed::read_bytes(black_box(&case.raw), &mseed::ReadOptions::default()).unwrap()
            });
        });
        group.bench_function("parse StationXML", |b| {
            b.iter(|| Inventory::from_stationxml(black_box(&case.stationxml)).unwrap());
        });
        let grid = SamplingGrid::from(&case.trace);
        group.bench_function("make plan", |b| {
            b.iter(|| CalibrationPlan::new(&spec(), &grid, black_box(&case.response)).unwrap());
        });
        let plan = CalibrationPlan::new(&spec(), &grid, &case.response).unwrap();
        let counts = case.trace.samples.as_i32().unwrap();
        let (mut out, mut scratch) = (Vec::new(), Scratch::new());
        group.bench_function("calibrate", |b| {
            b.iter(|| plan.apply(black_box(counts), &mut out, &mut scratch).unwrap());
        });
        let result = Trace::new(case.trace.id, case.trace.start, plan.output().rate, out.clone());
        let mut bytes = Vec::new();
        group.bench_function("encode SAC", |b| {
            b.iter(|| sac::encode_trace_into(black_box(&result), &mut bytes).unwrap());
        });

        // The floor: the two transforms that no design avoids, by the same library.
        let points = plan.transform_points();
        let forward = RealFftPlanner::<f64>::new().plan_fft_forward(points);
        let inverse = RealFftPlanner::<f64>::new().plan_fft_inverse(points / plan.decimation());
        let (mut input, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
        let mut forward_scratch = forward.make_scratch_vec();
        let (mut half, mut output) = (inverse.make_input_vec(), inverse.make_output_vec());
        let mut inverse_scratch = inverse.make_scratch_vec();
        group.bench_function("floor: two FFTs", |b| {
            b.iter(|| {
                forward
                    .process_with_scratch(&mut input, &mut spectrum, &mut forward_scratch)
                    .unwrap();
                half.fill(Complex64::ZERO);
                inverse.process_with_scratch(&mut half, &mut output, &mut inverse_scratch).unwrap();
            });
        });
        group.finish();
    }
}

/// The whole of it: a small archive, one worker, results replaced each time.
fn archive(c: &mut Criterion) {
    let root = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let events = DemoOptions { events: 4, noise_m_per_s: 2e-8, ..DemoOptions::small() };
    let traces = write_archive(root.path(), &events).unwrap().traces.len();
    let mut group = c.benchmark_group("archive of 12 traces, 20 to 100 Hz");
    group.throughput(Throughput::Elements(traces as u64));
    for (name, length) in [("ObsPy's length", FftLength::ObsPy), ("fast length", FftLength::Fast)] {
        let options = BatchOptions::new(Processing::default().fft_length(length))
            .out(out.path())
            .jobs(std::num::NonZeroUsize::new(1))
            .overwrite(true);
        group.bench_function(name, |b| {
            b.iter(|| {
                let summary = seis::batch::run(root.path(), &options, |_| {}).unwrap();
                assert_eq!(summary.processed, traces);
            });
        });
    }
    group.finish();
}

mod generated {
    #![allow(missing_docs, reason = "criterion's macro makes a public function")]
    criterion::criterion_group!(benches, super::steps, super::archive);
}
criterion_main!(generated::benches);
