//! Response removal through the facade: epochs, errors, one by one or fused, serial or parallel.

use approx::assert_abs_diff_eq;
use seis::demo::{DemoOptions, write_archive};
use seis::prelude::*;
use seis::resp::{Epoch, LookupError};
use seis::{ParRemoveResponse, RemoveResponseError};

/// A noise-free demo event: its stream, and the inventory of all its stations.
fn event() -> (Stream, Inventory) {
    let root = tempfile::tempdir().unwrap();
    write_archive(root.path(), &DemoOptions { components: 2, ..DemoOptions::small() }).unwrap();
    let event = seis::batch::Event::find(root.path()).unwrap().remove(0);
    let files = event.files().unwrap();
    let mut stream = Stream::new();
    for raw in &files.raw {
        stream.extend(mseed::read(raw).unwrap().stream);
    }
    let mut inventory = Inventory::new("test");
    for response in &files.responses {
        inventory.merge(Inventory::read(response).unwrap());
    }
    (stream, inventory)
}

fn to_displacement() -> DeconvolutionSpec {
    DeconvolutionSpec::new(GroundMotion::Displacement)
        .pre_filter(PreFilter::new(0.001, 0.005, 4.9, 5.0).unwrap())
        .water_level(WaterLevel::None)
        .zero_mean(false)
        .taper_fraction(None)
}

fn ten_hz() -> InterpolationSpec {
    InterpolationSpec::lanczos(SamplingRate::from_hz(10.0).unwrap(), 25)
}

#[test]
fn the_fused_chain_equals_the_steps() {
    let (stream, inventory) = event();
    let mut steps = stream.clone();
    steps.demean().unwrap().taper(0.05).unwrap();
    steps.remove_response(&inventory, to_displacement()).unwrap();
    steps.interpolate(&ten_hz()).unwrap();
    let interpolation = steps.traces()[0].history.last("interpolate").unwrap().to_string();
    assert!(!interpolation.contains("warning"), "the pre-filter ends at 5 Hz: {interpolation}");
    let mut fused = stream;
    let spec = CalibrationSpec::only(to_displacement())
        .detrend(DetrendSpec::Demean)
        .taper(TaperSpec::new(0.05))
        .resample(ten_hz());
    fused.calibrate(&inventory, &spec).unwrap();
    for (a, b) in steps.iter().zip(&fused) {
        assert_eq!((a.id, a.start, a.rate, a.len()), (b.id, b.start, b.rate, b.len()));
        let (a, b) = (a.samples.as_f64().unwrap(), b.samples.as_f64().unwrap());
        let peak = a.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        // Two roundings of sums of 96 000 terms.
        assert_abs_diff_eq!(a, b, epsilon = 1e-12 * peak);
    }
}

#[test]
fn aliasing_is_warned_of_where_nothing_prevents_it() {
    let (mut stream, _) = event();
    stream.interpolate(&ten_hz()).unwrap();
    assert!(stream.traces()[0].history.to_string().contains("alias"));
}

#[test]
fn parallel_results_are_the_same_bits() {
    let (stream, inventory) = event();
    let (mut serial, mut parallel) = (stream.clone(), stream);
    serial.demean().unwrap().remove_response(&inventory, to_displacement()).unwrap();
    parallel.par_demean().unwrap().par_remove_response(&inventory, to_displacement()).unwrap();
    assert_eq!(serial, parallel);
}

#[test]
fn a_trace_across_a_change_of_instrument_is_refused_with_the_instant() {
    let (mut stream, mut inventory) = event();
    let untouched = stream.clone();
    let changed = stream.traces()[0].start + TimeDelta::from_seconds(600);
    for network in inventory.networks_mut() {
        for channel in network.stations.iter_mut().flat_map(|s| &mut s.channels) {
            channel.epoch = Epoch::new(channel.epoch.start, Some(changed));
        }
    }
    let error = stream.remove_response(&inventory, to_displacement()).unwrap_err();
    assert_eq!(error.failures.len(), stream.len());
    for failure in &error.failures {
        match &failure.error {
            RemoveResponseError::Lookup(LookupError::EpochEndsWithin { split, .. }) => {
                assert_eq!(*split, changed);
            }
            other => unreachable!("{other}"),
        }
    }
    assert_eq!(stream, untouched);
}

#[test]
fn a_trace_across_a_change_of_instrument_can_be_cut() {
    let (stream, mut inventory) = event();
    let trace = stream.traces()[0].clone();
    let changed = trace.start + TimeDelta::from_seconds(600);
    // The old instrument was half as sensitive.
    for network in inventory.networks_mut() {
        for station in &mut network.stations {
            let mut old = station.channels.clone();
            for channel in &mut old {
                let mut response = seis::Response::clone(channel.response.get().unwrap());
                response.sensitivity.as_mut().unwrap().value /= 2.0;
                response.stages[0].gain.as_mut().unwrap().value /= 2.0;
                channel.response = response.into();
                channel.epoch.end = Some(changed);
            }
            for channel in &mut station.channels {
                channel.epoch.start = Some(changed);
            }
            station.channels.append(&mut old);
        }
    }
    let mut whole = Stream::from(vec![trace.clone()]);
    assert!(whole.remove_response(&inventory, to_displacement()).is_err());
    let options = RemoveResponseOptions::from(to_displacement()).split(true);
    let mut cut = Stream::from(vec![trace.clone()]);
    cut.remove_response(&inventory, options).unwrap();
    let [before, after] = cut.traces() else { unreachable!("{} parts", cut.len()) };
    assert_eq!((before.start, after.start), (trace.start, changed));
    assert_eq!(before.len() + after.len(), trace.len());
    assert!(before.end() < changed && before.next_start() == changed);
    assert!(before.history.last("split_at_epoch").is_some());
    // Each part as if it were a trace of its own.
    for part in [before, after] {
        let mut alone = trace.slice(part.start, part.end()).unwrap();
        alone.remove_response(&inventory, to_displacement()).unwrap();
        assert_eq!(alone.samples, part.samples);
    }
}

#[test]
fn one_channel_without_metadata_spoils_nothing() {
    let (mut stream, inventory) = event();
    stream.traces_mut()[1].id = "XX.NONE..BHZ".parse().unwrap();
    let failures = stream.retain_ok(|t| t.remove_response(&inventory, to_displacement()).map(drop));
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].index, 1);
    assert!(stream.iter().all(|t| t.history.last("remove_response").is_some()));
}

#[test]
fn doubtful_responses_are_noted_in_the_history() {
    let (mut stream, mut inventory) = event();
    for network in inventory.networks_mut() {
        for channel in network.stations.iter_mut().flat_map(|s| &mut s.channels) {
            let mut response = seis::Response::clone(channel.response.get().unwrap());
            // The sensitivity says twice what the stages give.
            response.sensitivity.as_mut().unwrap().value *= 2.0;
            channel.response = response.into();
        }
    }
    stream.remove_response(&inventory, to_displacement()).unwrap();
    for trace in &stream {
        let text = trace.history.last("response_warning").unwrap().to_string();
        assert!(text.contains("sensitivity"), "{text}");
    }
}

#[test]
fn sac_headers_are_filled_from_the_inventory() {
    let (stream, inventory) = event();
    let trace = &stream.traces()[0];
    let channel =
        inventory.channel(&trace.id, trace.start, trace.end(), EpochPolicy::Error).unwrap();
    let mut file = SacFile::from_trace(trace).unwrap();
    seis::fill_sac_station(&mut file.header, &channel).unwrap();
    assert_eq!(file.header.stla(), Some(34.5));
    assert_eq!(file.header.stel(), Some(900.0));
    let (azimuth, dip) = file.header.orientation_deg().unwrap();
    assert_eq!(Some(azimuth), channel.channel.azimuth_deg());
    assert_eq!(Some(dip), channel.channel.dip_deg());
}
