//! The picture.

use std::error::Error;
use std::ops::{Range, RangeInclusive};

use plotters::coord::Shift;
use plotters::coord::combinators::LogCoord;
use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use seis::resp::Complex64;

use crate::Curve;
use crate::channels::printable;
use crate::features::FLAT_DB;
use crate::scale;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Coordinates are whole numbers: the picture is drawn this many times larger than it is.
const FINE: i32 = 8;
const WIDTH: i32 = 960;
const HEIGHT: i32 = 720;

/// Colours that are told apart by everybody (Okabe and Ito, 2008), then the same dashed.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];
const INK: RGBColor = RGBColor(34, 34, 34);
const SOFT_INK: RGBColor = RGBColor(104, 104, 104);
const AXIS: RGBColor = RGBColor(150, 150, 150);
const GRID: RGBColor = RGBColor(229, 229, 229);
const BAND: RGBColor = RGBColor(240, 245, 233);

/// The amplitudes an axis can be made for, with room on both sides.
const AMPLITUDES: RangeInclusive<f64> = 1e-290..=1e290;

/// An axis: from values to pixels.
struct Axis<R> {
    coord: R,
    pixels: (i32, i32),
}

impl<R: Ranged<ValueType = f64>> Axis<R> {
    fn at(&self, value: f64) -> i32 {
        self.coord.map(&value, self.pixels)
    }
}

/// A panel: where it is, in pixels.
struct Panel {
    x: Range<i32>,
    y: Range<i32>,
}

/// All that is drawn, as SVG.
pub(crate) fn draw(curves: &[Curve]) -> Result<String> {
    for (style, font) in
        [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())]
    {
        register_font("sans-serif", style, font).map_err(|_| "the built-in font is broken")?;
    }
    let mut svg = String::new();
    {
        let size = ((WIDTH * FINE) as u32, (HEIGHT * FINE) as u32);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        Figure::new(&area, curves).draw()?;
        area.present()?;
    }
    // The size on paper; the view box stays that of the fine coordinates.
    let size = |scale: i32| format!("width=\"{}\" height=\"{}\"", WIDTH * scale, HEIGHT * scale);
    Ok(svg.replacen(&size(FINE), &size(1), 1))
}

struct Figure<'a, 'b> {
    area: &'a Area<'b>,
    curves: &'a [Curve],
    amplitude: Panel,
    phase: Panel,
    x: Axis<LogCoord<f64>>,
}

impl<'a, 'b> Figure<'a, 'b> {
    fn new(area: &'a Area<'b>, curves: &'a [Curve]) -> Self {
        let lines = curves.len() as i32;
        let (legend_height, gap) =
            if lines == 1 { (44, 20) } else { (21 * lines + 12, 30 + 9 * lines) };
        let (left, right, top) = (86, WIDTH - 30, 68 + legend_height);
        let bottom = HEIGHT - 56;
        let split = top + (bottom - top - gap) * 58 / 100;
        let panel = |y: Range<i32>| Panel { x: left..right, y };
        let (first, last) = (
            curves.iter().filter_map(|c| c.frequencies_hz.first()).fold(f64::MAX, |a, b| a.min(*b)),
            curves.iter().filter_map(|c| c.frequencies_hz.last()).fold(0.0, |a: f64, b| a.max(*b)),
        );
        // A little room behind the Nyquist frequency.
        let last = last * (last / first).powf(0.02);
        let x =
            Axis { coord: (first..last).log_scale().into(), pixels: (left * FINE, right * FINE) };
        Self { area, curves, amplitude: panel(top..split), phase: panel(split + gap..bottom), x }
    }

    fn draw(&self) -> Result<()> {
        self.title()?;
        if let [only] = self.curves {
            if let Some((first, last)) = only.features.flat_hz {
                for panel in [&self.amplitude, &self.phase] {
                    self.rectangle(self.x.at(first)..self.x.at(last), panel, BAND)?;
                }
            }
        }
        let amplitude = self.amplitude_axis();
        let (phases, phase) = self.phases(&amplitude);
        self.frequency_grid()?;
        self.amplitude_grid(&amplitude)?;
        self.phase_grid(&phase)?;
        match self.curves {
            [only] => self.marks(only)?,
            several => self.legend(several)?,
        }
        for (number, (curve, phases)) in self.curves.iter().zip(&phases).enumerate() {
            let xs = curve.frequencies_hz.iter().map(|f| self.x.at(*f));
            let held = |a: f64| a.clamp(*AMPLITUDES.start(), *AMPLITUDES.end());
            let amplitudes = curve.values.iter().map(|v| v.norm());
            let points = xs.clone().zip(amplitudes).filter(|(_, a)| a.is_finite());
            let points = points.map(|(x, a)| (x, amplitude.at(held(a)))).collect();
            self.line(points, number, &self.amplitude)?;
            let points = xs.zip(phases).filter(|(_, p)| p.is_finite());
            let points = points.map(|(x, p)| (x, phase.at(*p))).collect();
            self.line(points, number, &self.phase)?;
            if let Some((f, value)) = curve.features.sensitivity.filter(|s| self.contains(s.0)) {
                let centre = (self.x.at(f), amplitude.at(value));
                self.area.draw(&Circle::new(centre, 5 * FINE, WHITE.filled()))?;
                self.area.draw(&Circle::new(centre, 4 * FINE, colour(number).filled()))?;
            }
        }
        for panel in [&self.amplitude, &self.phase] {
            let corners = [(panel.x.start, panel.y.start), (panel.x.end, panel.y.end)];
            let corners = corners.map(|(x, y)| (x * FINE, y * FINE));
            self.area.draw(&Rectangle::new(corners, AXIS.stroke_width(FINE as u32)))?;
        }
        Ok(())
    }

    fn contains(&self, frequency_hz: f64) -> bool {
        let x = self.x.at(frequency_hz);
        frequency_hz > 0.0 && (self.x.pixels.0..=self.x.pixels.1).contains(&x)
    }

    fn title(&self) -> Result<()> {
        let left = self.amplitude.x.start;
        let (title, below) = match self.curves {
            [only] => {
                let mut below = vec![only.epoch.clone(), format!("amplitude in {}", only.unit)];
                if let (Some((first, last)), None) = (only.features.flat_hz, self.flat_label(only)?)
                {
                    below.push(flat_text(first, last));
                }
                below.retain(|text| !text.is_empty());
                (only.label(), below.join("   ·   "))
            }
            several => {
                let n: usize = several.iter().map(|curve| curve.ids.len()).sum();
                let lines = several.len();
                let same = if n > lines { "; equal ones share a line" } else { "" };
                (format!("Responses of {n} channels"), format!("{lines} different ones{same}"))
            }
        };
        self.text(
            &shortened(&title, 62),
            (left, 32),
            21,
            INK,
            Some(FontStyle::Bold),
            (HPos::Left, VPos::Center),
        )?;
        self.plain(&below, (left, 57), 13, SOFT_INK, HPos::Left)
    }

    /// From the highest amplitude down six decades, or to the lowest.
    fn amplitude_axis(&self) -> Axis<LogCoord<f64>> {
        let amplitudes = self.curves.iter().flat_map(|c| &c.values).map(|v| v.norm());
        let amplitudes = amplitudes.filter(|a| AMPLITUDES.contains(a));
        let (low, high) = amplitudes.fold((f64::MAX, 0.0_f64), |(l, h), a| (l.min(a), h.max(a)));
        let (low, high) = if high > 0.0 { (low, high) } else { (0.1, 1.0) };
        let low = low.max(high * 1e-6).min(high / 20.0);
        let range = low / 1.3..high * 2.0;
        let Range { start, end } = self.amplitude.y.clone();
        Axis { coord: range.log_scale().into(), pixels: (end * FINE, start * FINE) }
    }

    /// Unwrapped, unless that takes many turns. Where the amplitude is below its axis, a phase means
    /// nothing, and is NaN.
    fn phases(&self, amplitude: &Axis<LogCoord<f64>>) -> (Vec<Vec<f64>>, Axis<RangedCoordf64>) {
        let shown = |c: &Curve| {
            let floor = amplitude.coord.range().start;
            let phase =
                |v: &Complex64| if v.norm() < floor { f64::NAN } else { v.arg().to_degrees() };
            c.values.iter().map(phase).collect::<Vec<_>>()
        };
        let bounds = |phases: &[Vec<f64>]| {
            let all = phases.iter().flatten();
            all.fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(*p), h.max(*p)))
        };
        let mut phases: Vec<Vec<f64>> =
            self.curves.iter().map(|c| scale::unwrapped(shown(c).into_iter())).collect();
        let (mut low, mut high) = bounds(&phases);
        if high - low > 1440.0 || low > high {
            phases = self.curves.iter().map(shown).collect();
            (low, high) = (-180.0, 180.0);
        }
        let margin = 0.06 * (high - low).max(10.0);
        let Range { start, end } = self.phase.y.clone();
        let coord = (low - margin..high + margin).into();
        (phases, Axis { coord, pixels: (end * FINE, start * FINE) })
    }

    fn frequency_grid(&self) -> Result<()> {
        let Range { start, end } = self.x.coord.range();
        for decade in scale::decades(start, end) {
            let f = 10_f64.powi(decade);
            self.vertical(f, GRID, 1)?;
            let text = if (-3..=4).contains(&decade) {
                format!("{f}")
            } else {
                scale::power_of_ten(decade)
            };
            let at = (self.x.at(f) / FINE, self.phase.y.end + 16);
            self.plain(&text, at, 13, INK, HPos::Center)?;
        }
        for decade in start.log10().floor() as i32..=end.log10().floor() as i32 {
            for f in
                (2..=9).map(|n| f64::from(n) * 10_f64.powi(decade)).filter(|f| self.contains(*f))
            {
                for panel in [&self.amplitude, &self.phase] {
                    let (x, y) = (self.x.at(f), panel.y.end * FINE);
                    self.path(vec![(x, y), (x, y - 5 * FINE)], AXIS, 1)?;
                }
            }
        }
        let middle = (self.phase.x.start + self.phase.x.end) / 2;
        self.plain("Frequency (Hz)", (middle, self.phase.y.end + 40), 14, INK, HPos::Center)
    }

    fn amplitude_grid(&self, axis: &Axis<LogCoord<f64>>) -> Result<()> {
        let Range { start, end } = axis.coord.range();
        let decades = scale::decades(start, end);
        let step = if decades.clone().count() > 8 { 2 } else { 1 };
        for decade in decades.step_by(step) {
            let y = axis.at(10_f64.powi(decade));
            self.horizontal(y, &self.amplitude)?;
            let at = (self.amplitude.x.start - 8, y / FINE);
            self.plain(&scale::power_of_ten(decade), at, 13, INK, HPos::Right)?;
        }
        let units: Vec<&str> = self.curves.iter().map(|c| c.unit.as_str()).collect();
        let unit = match units.first() {
            Some(first) if units.iter().all(|u| u == first) => format!("Amplitude, {first}"),
            _ => "Amplitude".to_owned(),
        };
        self.axis_title(&unit, &self.amplitude)
    }

    fn phase_grid(&self, axis: &Axis<RangedCoordf64>) -> Result<()> {
        let Range { start, end } = axis.coord.range();
        let step = scale::degree_step(end - start);
        let mut degrees = (start / step).ceil() * step;
        while degrees <= end {
            let y = axis.at(degrees);
            self.horizontal(y, &self.phase)?;
            // There is no negative zero on an axis.
            let shown = if degrees.abs() < 0.5 { 0.0 } else { degrees };
            let text = format!("{shown:.0}°").replace('-', "−");
            self.plain(&text, (self.phase.x.start - 8, y / FINE), 13, INK, HPos::Right)?;
            degrees += step;
        }
        self.axis_title("Phase", &self.phase)
    }

    /// What is marked of a response that is alone: lines through both panels, named above.
    fn marks(&self, curve: &Curve) -> Result<()> {
        let features = &curve.features;
        let mut marks: Vec<(f64, String, RGBColor)> = Vec::new();
        if let Some((f, value)) = features.sensitivity {
            let text = format!("{} at {}", scale::amplitude(value), scale::frequency(f));
            marks.push((f, text, colour(0)));
        }
        for corner in features.corners_hz.into_iter().flatten() {
            marks.push((corner, format!("−3 dB {}", scale::frequency(corner)), INK));
        }
        if let Some(nyquist_hz) = features.nyquist_hz {
            marks.push((
                nyquist_hz,
                format!("Nyquist {}", scale::frequency(nyquist_hz)),
                COLOURS[1],
            ));
        }
        marks.retain(|(f, ..)| self.contains(*f));
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Each in the lowest of the rows where it does not touch its neighbour.
        let mut row_ends = [i32::MIN; 3];
        let style = font(13);
        for (f, text, colour) in marks {
            let x = self.x.at(f);
            let width = i32::try_from(self.area.estimate_text_size(&text, &style)?.0)?;
            let limits = (
                self.amplitude.x.start * FINE + width / 2,
                self.amplitude.x.end * FINE - width / 2,
            );
            let centre = x.clamp(limits.0, limits.1.max(limits.0));
            let begins = centre - width / 2 - 10 * FINE;
            let row = row_ends.iter().position(|end| *end < begins).unwrap_or(row_ends.len() - 1);
            row_ends[row] = centre + width / 2;
            let y = self.amplitude.y.start - 12 - 17 * row as i32;
            self.plain(&text, (centre / FINE, y), 13, colour, HPos::Center)?;
            self.path(
                vec![(x, (self.amplitude.y.start - 4) * FINE), (x, self.amplitude.y.start * FINE)],
                colour,
                1,
            )?;
            self.dashed_vertical(x, colour)?;
        }
        if let Some((text, x)) = self.flat_label(curve)? {
            let width = i32::try_from(self.area.estimate_text_size(&text, &style)?.0)?;
            let y = (self.amplitude.y.end - 20) * FINE;
            let half = (width / 2 + 6 * FINE, 10 * FINE);
            let corners = [(x - half.0, y - half.1), (x + half.0, y + half.1)];
            self.area.draw(&Rectangle::new(corners, BAND.filled()))?;
            self.plain(&text, (x / FINE, y / FINE), 13, RGBColor(74, 110, 34), HPos::Center)?;
        }
        Ok(())
    }

    /// What is marked of several: a line of text for each, a line in its colour through the plot at
    /// its Nyquist frequency, and between the panels its flat band as a bar, between its corners.
    fn legend(&self, curves: &[Curve]) -> Result<()> {
        let is_same_unit = curves.windows(2).all(|pair| pair[0].unit == pair[1].unit);
        let left = self.amplitude.x.start;
        for (number, curve) in curves.iter().enumerate() {
            let row = number as i32;
            let y = 86 + 21 * row;
            self.styled(vec![(left * FINE, y * FINE), ((left + 26) * FINE, y * FINE)], number)?;
            let bold = Some(FontStyle::Bold);
            let label = shortened(&curve.label(), 26);
            self.text(&label, (left + 36, y), 13, INK, bold, (HPos::Left, VPos::Center))?;
            self.plain(&curve.epoch, (left + 246, y), 12, SOFT_INK, HPos::Left)?;
            let features = &curve.features;
            let mut facts = Vec::new();
            if let Some((f, value)) = features.sensitivity {
                let unit = if is_same_unit { String::new() } else { format!(" {}", curve.unit) };
                facts.push(format!("{}{unit} at {}", scale::amplitude(value), scale::frequency(f)));
            }
            if let Some((first, last)) = features.flat_hz {
                let (first, last) = (scale::frequency(first), scale::frequency(last));
                facts.push(format!("flat {first} – {last}"));
            }
            if let (Some(nyquist_hz), true) = (features.nyquist_hz, is_same_unit) {
                facts.push(format!("Nyquist {}", scale::frequency(nyquist_hz)));
            }
            self.plain(&facts.join("  ·  "), (left + 424, y), 12, INK, HPos::Left)?;
            if let Some(nyquist_hz) = features.nyquist_hz.filter(|f| self.contains(*f)) {
                self.dashed_vertical(self.x.at(nyquist_hz), colour(number))?;
            }
            let y = (self.amplitude.y.end + 19 + 9 * row) * FINE;
            if let Some((first, last)) = features.flat_hz {
                let [low, high] = features.corners_hz;
                let whole = (low.unwrap_or(first).min(first), high.unwrap_or(last).max(last));
                self.path(
                    vec![(self.x.at(whole.0), y), (self.x.at(whole.1), y)],
                    colour(number),
                    1,
                )?;
                self.path(vec![(self.x.at(first), y), (self.x.at(last), y)], colour(number), 5)?;
                for corner in [low, high].into_iter().flatten() {
                    let x = self.x.at(corner);
                    self.path(vec![(x, y - 4 * FINE), (x, y + 4 * FINE)], colour(number), 2)?;
                }
            }
        }
        let middle = (self.amplitude.y.end + self.phase.y.start) / 2;
        self.plain("flat ±1 dB", (left - 8, middle - 7), 11, SOFT_INK, HPos::Right)?;
        self.plain("|  −3 dB  |", (left - 8, middle + 7), 11, SOFT_INK, HPos::Right)
    }

    /// The name of the flat band and where its middle is, if it fits into the band.
    fn flat_label(&self, curve: &Curve) -> Result<Option<(String, i32)>> {
        let Some((first, last)) = curve.features.flat_hz else { return Ok(None) };
        let text = flat_text(first, last);
        let width = i32::try_from(self.area.estimate_text_size(&text, &font(13))?.0)?;
        let (first, last) = (self.x.at(first), self.x.at(last));
        Ok((last - first > width + 16 * FINE).then_some((text, (first + last) / 2)))
    }

    fn vertical(&self, f: f64, colour: RGBColor, width: u32) -> Result<()> {
        for panel in [&self.amplitude, &self.phase] {
            let x = self.x.at(f);
            self.path(vec![(x, panel.y.start * FINE), (x, panel.y.end * FINE)], colour, width)?;
        }
        Ok(())
    }

    fn dashed_vertical(&self, x: i32, colour: RGBColor) -> Result<()> {
        for panel in [&self.amplitude, &self.phase] {
            let ends = [(x, panel.y.start * FINE), (x, panel.y.end * FINE)];
            let style = colour.mix(0.75).stroke_width(FINE as u32);
            self.area.draw(&DashedPathElement::new(ends, 4 * FINE, 3 * FINE, style))?;
        }
        Ok(())
    }

    fn horizontal(&self, y: i32, panel: &Panel) -> Result<()> {
        self.path(vec![(panel.x.start * FINE, y), (panel.x.end * FINE, y)], GRID, 1)
    }

    fn rectangle(&self, x: Range<i32>, panel: &Panel, colour: RGBColor) -> Result<()> {
        let corners = [(x.start, panel.y.start * FINE), (x.end, panel.y.end * FINE)];
        Ok(self.area.draw(&Rectangle::new(corners, colour.filled()))?)
    }

    fn path(&self, points: Vec<(i32, i32)>, colour: RGBColor, width: u32) -> Result<()> {
        let style = colour.stroke_width(width * FINE as u32);
        Ok(self.area.draw(&PathElement::new(points, style))?)
    }

    /// A curve within its panel: what leaves it below is cut at the edge.
    fn line(&self, points: Vec<(i32, i32)>, number: usize, panel: &Panel) -> Result<()> {
        let (top, bottom) = (panel.y.start * FINE, panel.y.end * FINE);
        let mut piece: Vec<(i32, i32)> = Vec::new();
        let mut before: Option<(i32, i32)> = None;
        for point in points {
            let inside = (top..=bottom).contains(&point.1);
            // A wrapped phase jumps from edge to edge.
            let jumps = before.is_some_and(|b| (b.1 - point.1).abs() > (bottom - top) * 3 / 4);
            if let (true, Some(b)) = (!jumps, before) {
                let b_inside = (top..=bottom).contains(&b.1);
                if inside != b_inside {
                    let edge = if point.1.max(b.1) > bottom { bottom } else { top };
                    let part = f64::from(edge - b.1) / f64::from(point.1 - b.1);
                    piece.push((b.0 + (f64::from(point.0 - b.0) * part) as i32, edge));
                }
            }
            if (jumps || !inside) && !piece.is_empty() {
                self.styled(std::mem::take(&mut piece), number)?;
            }
            if inside {
                piece.push(point);
            }
            before = Some(point);
        }
        if piece.is_empty() { Ok(()) } else { self.styled(piece, number) }
    }

    /// A stroke in the colour of a curve.
    fn styled(&self, points: Vec<(i32, i32)>, number: usize) -> Result<()> {
        let style = colour(number).stroke_width(FINE as u32 * 9 / 4);
        if number < COLOURS.len() {
            return Ok(self.area.draw(&PathElement::new(points, style))?);
        }
        Ok(self.area.draw(&DashedPathElement::new(points, 6 * FINE, 4 * FINE, style))?)
    }

    fn axis_title(&self, text: &str, panel: &Panel) -> Result<()> {
        let style = font(14).transform(FontTransform::Rotate270).color(&INK);
        let style = style.pos(Pos::new(HPos::Center, VPos::Center));
        let middle = (panel.y.start + panel.y.end) / 2;
        Ok(self.area.draw_text(&printable(text), &style, (22 * FINE, middle * FINE))?)
    }

    fn plain(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        colour: RGBColor,
        h: HPos,
    ) -> Result<()> {
        self.text(text, at, size, colour, None, (h, VPos::Center))
    }

    fn text(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        colour: RGBColor,
        font_style: Option<FontStyle>,
        (h, v): (HPos, VPos),
    ) -> Result<()> {
        let mut desc = FontDesc::from(("sans-serif", f64::from(size * FINE) * 1.24));
        if let Some(style) = font_style {
            desc = desc.style(style);
        }
        let style = TextStyle::from(desc).color(&colour).pos(Pos::new(h, v));
        Ok(self.area.draw_text(&printable(text), &style, (at.0 * FINE, at.1 * FINE))?)
    }
}

fn flat_text(first: f64, last: f64) -> String {
    format!("flat within ±{FLAT_DB} dB: {} – {}", scale::frequency(first), scale::frequency(last))
}

/// The backend divides sizes by 1.24.
fn font(size: i32) -> TextStyle<'static> {
    TextStyle::from(FontDesc::from(("sans-serif", f64::from(size * FINE) * 1.24)))
}

fn colour(number: usize) -> RGBColor {
    COLOURS[number % COLOURS.len()]
}

/// At most so many letters.
fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}
