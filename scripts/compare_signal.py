#!/usr/bin/env python3
"""What ObsPy, SciPy and NumPy make of small inputs, as Rust constants.

Writes seis-signal/tests/reference/mod.rs, against which
seis-signal's tests compare its kernels. The inputs are formulas that the tests repeat.
"""

import reference_env

reference_env.enter()

import pathlib
import warnings

import numpy as np
import obspy
import scipy
from obspy import Trace, UTCDateTime
from obspy.core.inventory import response as r
from obspy.signal.detrend import polynomial, simple
from obspy.signal.invsim import cosine_taper

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parents[1] / "seis-signal" / "tests" / "reference" / "mod.rs"
START = UTCDateTime("2020-01-01T00:00:00.123456Z")


def num(x):
    x = float(x)
    return "f64::NAN" if np.isnan(x) else repr(x) if "e" in repr(x) or "." in repr(x) else repr(x) + ".0"


def arr(xs):
    return "&[" + ", ".join(num(x) for x in xs) + "]"


def noise(n):
    """Knuth's multiplicative hash, exact in both languages."""
    i = np.arange(n, dtype=np.uint64)
    return ((i * np.uint64(2654435761)) % np.uint64(1 << 32)).astype(float) / 2.0**32 - 0.5


def burst(n, dt):
    """The input of the pipeline checks: counts."""
    i = np.arange(n)
    middle, width = n // 2, 0.12 * n
    x = 1e5 * np.sin(1.4 * np.pi * i * dt) * np.exp(-(((i - middle) / width) ** 2)) + 500 + 0.1 * i
    return np.rint(x).astype(np.int32)


def channel_response():
    paz = r.PolesZerosResponseStage(
        1, 1500.0, 1.0, "M/S", "V", "LAPLACE (RADIANS/SECOND)", 1.0, [0, 0],
        [-0.037 + 0.037j, -0.037 - 0.037j, -251.3], normalization_factor=2.513785367161555e2)
    digitizer = r.CoefficientsTypeResponseStage(
        2, 4e5, 1.0, "V", "COUNTS", "DIGITAL", numerator=[1.0], denominator=[],
        decimation_input_sample_rate=20.0, decimation_factor=1, decimation_offset=0,
        decimation_delay=0, decimation_correction=0)
    return r.Response(
        instrument_sensitivity=r.InstrumentSensitivity(6e8, 1.0, "M/S", "COUNTS"),
        response_stages=[paz, digitizer])


def means(w):
    w("/// `numpy.mean` of the first n values of `noise`.")
    w("pub(crate) const MEANS: &[(usize, f64)] = &[")
    for n in [1, 2, 7, 8, 9, 15, 16, 127, 128, 129, 255, 256, 257, 1000, 48000, 100003]:
        w(f"    ({n}, {num(np.mean(noise(n)))}),")
    w("];")


WINDOWS = [
    ("Window::Hann", "hann", {}), ("Window::Cosine", "cosine", {}),
    ("Window::Hamming", "hamming", {}), ("Window::Blackman", "blackman", {}),
    ("Window::BlackmanHarris", "blackmanharris", {}), ("Window::Nuttall", "nuttall", {}),
    ("Window::Flattop", "flattop", {}), ("Window::Bartlett", "bartlett", {}),
    ("Window::Triangular", "triang", {}), ("Window::BartlettHann", "barthann", {}),
    ("Window::Bohman", "bohman", {}), ("Window::Parzen", "parzen", {}),
    ("Window::Boxcar", "boxcar", {}),
    ("Window::Gaussian { standard_deviation: 3.0 }", "gaussian", {"std": 3.0}),
    ("Window::GeneralGaussian { power: 1.5, standard_deviation: 4.0 }", "general_gaussian",
     {"p": 1.5, "sig": 4.0}),
    ("Window::Kaiser { beta: 8.6 }", "kaiser", {"beta": 8.6}),
]


def tapers(w):
    w("/// Window, samples, fraction, longest flank in s, side; ones at 2 Hz after ObsPy's `taper`.")
    w("pub(crate) const TAPERS: &[(Window, usize, Option<f64>, Option<f64>, TaperSide, &[f64])] = &[")
    cases = [(10, 0.5, None, "both"), (11, 0.5, None, "both"), (24, 0.29, None, "both"),
             (3, 0.34, None, "both")]
    extra = [(24, 0.2, 1.9, "both"), (24, None, 2.6, "left"), (25, 0.9, None, "right"),
             (1, 0.5, None, "both"), (9, 0.1, None, "both"), (12, None, None, "both"),
             (100, 0.29, None, "left")]
    for rust, name, kw in WINDOWS:
        for n, p, m, side in cases + (extra if name == "hann" else []):
            tr = Trace(np.ones(n), {"sampling_rate": 2.0})
            tr.taper(p, type=name, max_length=m, side=side, **kw)
            opt = lambda v: "None" if v is None else f"Some({num(v)})"
            w(f"    ({rust}, {n}, {opt(p)}, {opt(m)}, TaperSide::{side.capitalize()}, {arr(tr.data)}),")
    w("];")
    w("/// Samples, fraction; `cosine_taper(n, fraction, sactaper=True, halfcosine=False)`.")
    w("pub(crate) const SAC_TAPERS: &[(usize, f64, &[f64])] = &[")
    for n in [2, 3, 4, 5, 10, 11, 31]:
        for p in [0.0, 0.05, 0.2, 0.5, 0.99, 1.0]:
            w(f"    ({n}, {num(p)}, {arr(cosine_taper(n, p, sactaper=True, halfcosine=False))}),")
    w("];")


def detrends(w):
    w("/// Trend, samples; 1000·noise + 3 + 0.5·i − 0.01·i² after ObsPy's `detrend`.")
    w("pub(crate) const DETRENDS: &[(DetrendSpec, usize, &[f64])] = &[")
    for n in [2, 3, 8, 40]:
        i = np.arange(n)
        x = 1000 * noise(n) + 3 + 0.5 * i - 0.01 * i**2
        run = lambda kind, **kw: Trace(x.copy()).detrend(kind, **kw).data
        w(f"    (DetrendSpec::Demean, {n}, {arr(run('demean'))}),")
        w(f"    (DetrendSpec::Simple, {n}, {arr(run('simple'))}),")
        w(f"    (DetrendSpec::Linear, {n}, {arr(run('linear'))}),")
        for order in [0, 1, 2, 3, 5]:
            if order < n:
                y = run("polynomial", order=order)
                w(f"    (DetrendSpec::Polynomial {{ order: {order} }}, {n}, {arr(y)}),")
    w("];")


def deconvolutions(w):
    w("/// One of ObsPy's response removals: samples, output, water level, pre-filter, zero_mean,")
    w("/// taper fraction; samples at 0, n/10, n/2, n/2 + 5, 9n/10, n − 1, and the peak.")
    w("pub(crate) const DECONVOLUTIONS: &[Deconvolution] = &[")
    band = (0.05, 0.1, 8, 9.5)
    cases = [
        (1000, "DISP", 60, band, True, 0.05), (1000, "DISP", None, band, True, 0.05),
        (1000, "DISP", 0, band, True, 0.05), (1000, "VEL", 60, band, True, 0.05),
        (1000, "VEL", 0, band, True, 0.05), (1000, "ACC", 60, band, True, 0.05),
        (1000, "DISP", 60, None, True, 0.05), (1000, "DISP", None, None, True, 0.05),
        (1000, "VEL", None, None, False, None), (1000, "DISP", 60, band, False, None),
        (1000, "DISP", 60, band, True, 0.2), (1000, "ACC", 20, None, True, 1.0),
        (1000, "DISP", 20, (0.0, 0.01, 9.9, 10.0), True, 0.0),
        (999, "VEL", 60, band, True, 0.05), (999, "DISP", None, band, True, 0.05),
        (2503, "VEL", None, band, True, 0.05), (5003, "DISP", 60, band, False, None),
        (7, "VEL", 60, None, True, 0.05), (2, "VEL", 60, None, True, 0.05),
    ]
    for n, output, level, pre_filt, zero_mean, fraction in cases:
        tr = Trace(burst(n, 0.05), {"sampling_rate": 20.0, "starttime": START})
        tr.stats.response = channel_response()
        tr.detrend("demean")
        tr.taper(0.05)
        tr.remove_response(
            output=output, water_level=level, pre_filt=pre_filt, zero_mean=zero_mean,
            taper=fraction is not None, taper_fraction=fraction or 0.0,
            hide_sensitivity_mismatch_warning=True)
        y = tr.data
        at = [0, n // 10, n // 2, min(n // 2 + 5, n - 1), 9 * n // 10, n - 1]
        motion = {"DISP": "Displacement", "VEL": "Velocity", "ACC": "Acceleration"}[output]
        opt = lambda v, f: "None" if v is None else f"Some({f(v)})"
        corners = opt(pre_filt, lambda v: "[" + ", ".join(num(c) for c in v) + "]")
        w("    Deconvolution {")
        w(f"        npts: {n}, output: GroundMotion::{motion}, water_level: {opt(level, num)},")
        w(f"        pre_filter: {corners}, zero_mean: {str(zero_mean).lower()},")
        w(f"        taper: {opt(fraction, num)}, values: {arr(y[at])}, peak: {num(abs(y).max())},")
        w("    },")
    w("];")


METHODS = [
    ("Interpolation::Lanczos { a: 1 }", "lanczos", {"a": 1}),
    ("Interpolation::Lanczos { a: 5 }", "lanczos", {"a": 5}),
    ("Interpolation::Lanczos { a: 25 }", "lanczos", {"a": 25}),
    ("Interpolation::Lanczos { a: 70 }", "lanczos", {"a": 70}),
    ("Interpolation::Linear", "linear", {}), ("Interpolation::Nearest", "nearest", {}),
    ("Interpolation::Previous", "zero", {}), ("Interpolation::CubicSpline", "cubic", {}),
    ("Interpolation::WeightedAverageSlopes", "weighted_average_slopes", {}),
]


def interpolations(w):
    w("/// Method, samples, new rate, start in ns, new samples; sin(0.3n) from 1 Hz at 1970 on, where")
    w("/// ObsPy's floating-point times are exact: values at 0, 1, n/3, n/2, n − 2, n − 1.")
    w("pub(crate) const INTERPOLATIONS: &[(Interpolation, usize, f64, i128, usize, &[f64])] = &[")
    for rust, name, kw in METHODS:
        for n, rate, start, count in [
            (100, 0.8, 0.25, 79), (100, 2.0, 0, 199), (100, 0.7, 0.5, 69), (100, 1.0, 0.125, 98),
            (100, 3.7, 1.0, 300), (12, 5.0, 3.0, 40), (4, 4.0, 0.0, 13),
        ]:
            tr = Trace(np.sin(0.3 * np.arange(n)), {"sampling_rate": 1.0, "starttime": UTCDateTime(0)})
            tr.interpolate(rate, method=name, starttime=UTCDateTime(start), npts=count, **kw)
            y = tr.data
            at = [0, 1, count // 3, count // 2, count - 2, count - 1]
            w(f"    ({rust}, {n}, {num(rate)}, {int(start * 1e9)}, {count}, {arr(y[at])}),")
    w("];")


def main():
    lines = []
    w = lines.append
    versions = f"ObsPy {obspy.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    w(f"//! Computed by `scripts/compare_signal.py` with {versions}.")
    w("")
    w("#![allow(clippy::approx_constant, clippy::excessive_precision, clippy::type_complexity)]")
    w("")
    w("use seis_core::GroundMotion;")
    w("use seis_signal::{DetrendSpec, Interpolation, TaperSide, Window};")
    w("")
    w("/// A response removal and what came of it.")
    w("pub(crate) struct Deconvolution {")
    for field in ["npts: usize", "output: GroundMotion", "water_level: Option<f64>",
                  "pre_filter: Option<[f64; 4]>", "zero_mean: bool", "taper: Option<f64>",
                  "values: &'static [f64]", "peak: f64"]:
        w(f"    pub(crate) {field},")
    w("}")
    for part in [means, tapers, detrends, deconvolutions, interpolations]:
        w("")
        part(w)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
