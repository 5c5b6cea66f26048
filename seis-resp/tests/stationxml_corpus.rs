//! Real StationXML. Expected numbers are what ObsPy 1.5.1 reads of the same files;
//! `scripts/compare_stationxml.py` compares every number of every file.

mod common;

use common::corpus;
use seis_resp::{ChannelResponse, Complex64, FilterKind, Inventory, PzDomain};

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn ci_hec() {
    let folder = corpus();
    let path = folder.join("events/20220102T000000/resp/CI.HEC.xml");
    let inventory = Inventory::read(path).unwrap();
    assert!(inventory.report.is_clean(), "{:?}", inventory.report);
    let id = "CI.HEC..BHN".parse().unwrap();
    let epoch = inventory.channel_epochs(&id)[0];
    assert_eq!(epoch.epoch.to_string(), "2020-06-03T18:20:00Z – open");
    let channel = epoch.channel;
    assert_eq!((channel.latitude_deg(), channel.longitude_deg()), (Some(34.8294), Some(-116.335)));
    assert_eq!((channel.elevation_m(), channel.depth_m()), (Some(920.0), Some(0.0)));
    assert_eq!((channel.azimuth_deg(), channel.dip_deg()), (Some(0.0), Some(0.0)));
    assert_eq!(channel.sampling_rate().map(seis_core::SamplingRate::hz), Some(40.0));
    let (first, last) = ("2022-01-02".parse().unwrap(), "2022-01-02T00:20:00".parse().unwrap());
    let response = inventory.response(&id, first, last).unwrap();
    let sensitivity = response.sensitivity.as_ref().unwrap();
    assert_eq!((sensitivity.value, sensitivity.frequency_hz), (629_145_000.0, Some(1.0)));
    let gains: Vec<_> = response.stages.iter().map(|s| s.gain.unwrap().value).collect();
    assert_eq!(gains, [1500.0, 1.0, 419_430.0, 1.0]);
    let filters: Vec<_> = response.stages.iter().map(|s| s.filter.as_ref()).collect();
    let [Some(analog), None, Some(digitizer), Some(fir)] = filters[..] else {
        panic!("{filters:?}")
    };
    let FilterKind::PolesZeros(pz) = &analog.kind else { panic!("{analog:?}") };
    assert_eq!(pz.domain, PzDomain::LaplaceRadians);
    assert_eq!(pz.normalization_factor, 48_624_554.458_089_046);
    assert_eq!(pz.zeros, [Complex64::ZERO; 2]);
    assert_eq!(
        pz.poles,
        [
            Complex64::new(-0.037_023_67, 0.037_024_38),
            Complex64::new(-0.037_023_67, -0.037_024_38),
            Complex64::new(-118.7522, 423.488_088),
            Complex64::new(-118.7522, -423.488_09),
            Complex64::new(-251.327_41, 0.0),
        ]
    );
    let FilterKind::Coefficients(c) = &digitizer.kind else { panic!("{digitizer:?}") };
    assert!(c.numerators.is_empty() && c.denominators.is_empty());
    let FilterKind::Fir(fir) = &fir.kind else { panic!("{fir:?}") };
    assert_eq!(fir.coefficients.len(), 39);
    assert_eq!(fir.coefficients.first(), Some(&4.189_517_9e-13));
    assert_eq!(fir.coefficients.last(), Some(&-5.099_974_8e-8));
    let decimation = response.stages[3].decimation.unwrap();
    assert_eq!(decimation.input_sample_rate_hz, Some(40.0));
    assert_eq!((decimation.delay_s, decimation.correction_s), (Some(0.430_462), Some(0.430_462)));
}

#[test]
#[ignore = "reads the recordings that SEIS_CORPUS names"]
fn all_files_are_clean_merge_and_come_back() {
    let folder = corpus();
    let mut all = Inventory::default();
    let mut fingerprints = std::collections::BTreeMap::new();
    let mut files = 0;
    for event in std::fs::read_dir(folder.join("events")).unwrap() {
        for file in std::fs::read_dir(event.unwrap().path().join("resp")).unwrap() {
            let inventory = Inventory::read(file.unwrap().path()).unwrap();
            assert!(inventory.report.is_clean(), "{:?}", inventory.report);
            for epoch in inventory.channels() {
                let ChannelResponse::Present(response) = &epoch.channel.response else {
                    panic!("{}", epoch.id_text())
                };
                let key = (epoch.id_text(), epoch.epoch.start);
                let fingerprint = response.fingerprint();
                assert_eq!(*fingerprints.entry(key).or_insert(fingerprint), fingerprint);
            }
            let text = inventory.to_stationxml().unwrap();
            assert_eq!(Inventory::from_stationxml(text.as_bytes()).unwrap(), inventory);
            files += 1;
            all.merge(inventory);
        }
    }
    assert_eq!(files, 15);
    assert_eq!(all.channels().count(), fingerprints.len(), "the same file counts once");
}
