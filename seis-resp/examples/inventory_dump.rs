//! Prints StationXML files as JSON, one document per line: what was read, with every number.
//!
//! `cargo run -p seis-resp --example inventory_dump -- FILE…`
//!
//! `scripts/compare_stationxml.py` compares it with what ObsPy reads.

use seis_core::UtcTime;
use seis_resp::{
    Channel, ChannelResponse, CoefficientsDomain, Comment, Complex64, Epoch, Equipment, FilterKind,
    FirSymmetry, Inventory, Measured, Operator, Person, Polynomial, PzDomain, Response, Stage,
    Station, Term, UnitName,
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let line = match Inventory::read(&path) {
            Ok(inventory) => dump(&path, &inventory),
            Err(error) => json!({ "file": path, "error": error.to_string() }),
        };
        {
            println!("{line}");
        }
    }
    Ok(())
}

fn dump(path: &str, inventory: &Inventory) -> Value {
    let report = &inventory.report;
    let networks: Vec<Value> = inventory
        .networks()
        .iter()
        .map(|n| {
            json!({
                "code": n.code,
                "epoch": epoch(&n.epoch),
                "description": n.info.description,
                "comments": n.info.comments.iter().map(comment).collect::<Vec<_>>(),
                "operators": n.operators.iter().map(operator).collect::<Vec<_>>(),
                "total": n.total_stations,
                "selected": n.selected_stations,
                "stations": n.stations.iter().map(station).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "file": path,
        "source": inventory.source,
        "sender": inventory.sender,
        "module": inventory.module,
        "module_uri": inventory.module_uri,
        "created": inventory.created.map(time),
        "problems": report.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "ignored": report.ignored.iter().map(|i| (&i.name, i.count)).collect::<Vec<_>>(),
        "networks": networks,
    })
}

fn time(t: UtcTime) -> String {
    t.as_nanos().to_string()
}

fn epoch(epoch: &Epoch) -> Value {
    json!([epoch.start.map(time), epoch.end.map(time)])
}

/// Value, plus, minus, method, and the unit and datum where they are not the usual.
fn measured(value: Option<&Measured>) -> Value {
    value.map_or(Value::Null, |m| {
        let d = m.details.clone().unwrap_or_default();
        json!([m.value, d.plus_error, d.minus_error, d.method, d.unit, d.datum])
    })
}

fn comment(c: &Comment) -> Value {
    json!({
        "value": c.value, "begin": c.begin.map(time), "end": c.end.map(time), "id": c.id,
        "subject": c.subject, "authors": c.authors.iter().map(person).collect::<Vec<_>>(),
    })
}

fn person(p: &Person) -> Value {
    let phones: Vec<Value> = p
        .phones
        .iter()
        .map(|n| json!([n.country_code, n.area_code, n.number, n.description]))
        .collect();
    json!({ "names": p.names, "agencies": p.agencies, "emails": p.emails, "phones": phones })
}

fn operator(o: &Operator) -> Value {
    json!({
        "agencies": o.agencies, "website": o.website,
        "contacts": o.contacts.iter().map(person).collect::<Vec<_>>(),
    })
}

fn equipment(e: &Equipment) -> Value {
    json!({
        "resource_id": e.resource_id, "type": e.kind, "description": e.description,
        "manufacturer": e.manufacturer, "vendor": e.vendor, "model": e.model,
        "serial": e.serial_number, "installed": e.installed.map(time),
        "removed": e.removed.map(time),
        "calibrations": e.calibrations.iter().map(|t| time(*t)).collect::<Vec<_>>(),
    })
}

fn station(s: &Station) -> Value {
    json!({
        "code": s.code,
        "epoch": epoch(&s.epoch),
        "description": s.info.description,
        "comments": s.info.comments.iter().map(comment).collect::<Vec<_>>(),
        "latitude": measured(s.latitude.as_ref()),
        "longitude": measured(s.longitude.as_ref()),
        "elevation": measured(s.elevation.as_ref()),
        "water_level": measured(s.water_level.as_ref()),
        "site": [
            Some(&s.site.name), s.site.description.as_ref(), s.site.town.as_ref(),
            s.site.county.as_ref(), s.site.region.as_ref(), s.site.country.as_ref(),
        ],
        "vault": s.vault, "geology": s.geology,
        "equipment": s.equipment.iter().map(equipment).collect::<Vec<_>>(),
        "operators": s.operators.iter().map(operator).collect::<Vec<_>>(),
        "created": s.created.map(time), "terminated": s.terminated.map(time),
        "total": s.total_channels, "selected": s.selected_channels,
        "references": s.external_references.iter().map(|r| [&r.uri, &r.description])
            .collect::<Vec<_>>(),
        "channels": s.channels.iter().map(channel).collect::<Vec<_>>(),
    })
}

fn channel(c: &Channel) -> Value {
    let info = &c.info;
    let response = match &c.response {
        ChannelResponse::Absent => Value::Null,
        ChannelResponse::NotRead => json!("not read"),
        ChannelResponse::Broken(broken) => json!({ "broken": broken.reason() }),
        ChannelResponse::Present(response) => self::response(response),
    };
    json!({
        "location": c.location,
        "code": c.code,
        "epoch": epoch(&c.epoch),
        "description": info.description,
        "restricted": info.restricted_status.as_ref().map(|s| s.as_str()),
        "alternate": info.alternate_code,
        "historical": info.historical_code,
        "source_id": info.source_id,
        "identifiers": info.identifiers.iter()
            .map(|i| i.scheme.as_ref().map_or(i.value.clone(), |s| format!("{s}:{}", i.value)))
            .collect::<Vec<_>>(),
        "availability": info.availability.as_ref().map(|a| json!({
            "extent": a.extent.map(|(s, e)| [time(s), time(e)]),
            "spans": a.spans.iter()
                .map(|s| json!([time(s.start), time(s.end), s.segments, s.largest_tear_s]))
                .collect::<Vec<_>>(),
        })),
        "comments": info.comments.iter().map(comment).collect::<Vec<_>>(),
        "references": c.external_references.iter().map(|r| [&r.uri, &r.description])
            .collect::<Vec<_>>(),
        "latitude": measured(c.latitude.as_ref()),
        "longitude": measured(c.longitude.as_ref()),
        "elevation": measured(c.elevation.as_ref()),
        "depth": measured(c.depth.as_ref()),
        "azimuth": measured(c.azimuth.as_ref()),
        "dip": measured(c.dip.as_ref()),
        "water_level": measured(c.water_level.as_ref()),
        "types": c.types.iter().map(|t| t.as_str()).collect::<Vec<_>>(),
        "rate": measured(c.sample_rate.as_ref()),
        "ratio": c.sample_rate_ratio,
        "drift": measured(c.clock_drift.as_ref()),
        "calibration": units(c.calibration_units.as_deref()),
        "sensor": c.sensor.as_deref().map(equipment),
        "preamplifier": c.preamplifier.as_deref().map(equipment),
        "data_logger": c.data_logger.as_deref().map(equipment),
        "equipment": c.equipment.iter().map(equipment).collect::<Vec<_>>(),
        "response": response,
    })
}

fn units(units: Option<&UnitName>) -> Value {
    units.map_or(Value::Null, |u| json!([u.name, u.description]))
}

fn response(r: &Response) -> Value {
    json!({
        "resource_id": r.resource_id,
        "sensitivity": r.sensitivity.as_ref().map(|s| json!({
            "value": s.value, "frequency": s.frequency_hz,
            "input": units(s.input_units.as_ref()), "output": units(s.output_units.as_ref()),
            "band": s.band.map(|b| [b.start_hz, b.end_hz, b.variation_db]),
        })),
        "polynomial": r.polynomial.as_ref().map(|p| json!({
            "input": units(p.input_units.as_ref()), "output": units(p.output_units.as_ref()),
            "name": p.name, "resource_id": p.resource_id, "description": p.description,
            "polynomial": polynomial(p),
        })),
        "stages": r.stages.iter().map(stage).collect::<Vec<_>>(),
        "fingerprint": format!("{:032x}", r.fingerprint().0),
    })
}

fn polynomial(p: &Polynomial) -> Value {
    json!({
        "frequencies": p.frequency_bounds_hz, "bounds": p.approximation_bounds,
        "error": p.maximum_error, "coefficients": p.coefficients,
    })
}

fn roots(roots: &[Complex64]) -> Vec<[f64; 2]> {
    roots.iter().map(|z| [z.re, z.im]).collect()
}

fn stage(s: &Stage) -> Value {
    let kind = s.filter.as_ref().map(|f| match &f.kind {
        FilterKind::PolesZeros(pz) => json!({
            "kind": "PolesZeros",
            "domain": match pz.domain {
                PzDomain::LaplaceRadians => "LAPLACE (RADIANS/SECOND)",
                PzDomain::LaplaceHertz => "LAPLACE (HERTZ)",
                PzDomain::DigitalZ => "DIGITAL (Z-TRANSFORM)",
            },
            "a0": pz.normalization_factor, "a0_frequency": pz.normalization_frequency_hz,
            "zeros": roots(&pz.zeros), "poles": roots(&pz.poles),
        }),
        FilterKind::Coefficients(c) => json!({
            "kind": "Coefficients",
            "domain": match c.domain {
                CoefficientsDomain::AnalogRadians => "ANALOG (RADIANS/SECOND)",
                CoefficientsDomain::AnalogHertz => "ANALOG (HERTZ)",
                CoefficientsDomain::Digital => "DIGITAL",
            },
            "numerators": c.numerators, "denominators": c.denominators,
        }),
        FilterKind::Fir(f) => json!({
            "kind": "FIR",
            "symmetry": match f.symmetry {
                FirSymmetry::None => "NONE",
                FirSymmetry::Odd => "ODD",
                FirSymmetry::Even => "EVEN",
            },
            "coefficients": f.coefficients,
        }),
        FilterKind::ResponseList(l) => json!({
            "kind": "ResponseList",
            "elements": l.elements.iter()
                .map(|e| [e.frequency_hz, e.amplitude, e.phase_deg]).collect::<Vec<_>>(),
        }),
        FilterKind::Polynomial(p) => json!({ "kind": "Polynomial", "polynomial": polynomial(p) }),
        _ => json!({ "kind": "unknown" }),
    });
    json!({
        "number": s.number,
        "resource_id": s.resource_id,
        "filter": kind,
        "input": units(s.filter.as_ref().and_then(|f| f.input_units.as_ref())),
        "output": units(s.filter.as_ref().and_then(|f| f.output_units.as_ref())),
        "name": s.filter.as_ref().and_then(|f| f.name.clone()),
        "resource_id2": s.filter.as_ref().and_then(|f| f.resource_id.clone()),
        "description": s.filter.as_ref().and_then(|f| f.description.clone()),
        "gain": s.gain.map(|g| (g.value, g.frequency_hz)),
        "decimation": s.decimation.map(|d| json!([
            d.input_sample_rate_hz, d.factor, d.offset, d.delay_s, d.correction_s,
        ])),
        "uncertainties": s.uncertainties.iter()
            .map(|u| json!([term(u.of), u.plus, u.minus, u.method])).collect::<Vec<_>>(),
    })
}

fn term(term: Term) -> String {
    format!("{term:?}")
}
