//! Rational cubic interpolation with a shape parameter, as a volatility's first guess needs it.
//!
//! Twin of `forven/kernels/jit/rational.py`. R. Delbourgo and J. A. Gregory, "Shape preserving
//! piecewise rational interpolation", SIAM J. Sci. Stat. Comput. 6 (1985). A parameter of 3 is the
//! cubic, a large one approaches the straight line.

const SHAPE_MIN: f64 = -0.9999999850988388;
const SHAPE_MAX: f64 = 4.056481920730334e31;

/// Return the larger; the first where they are equal or the second is no number.
///
/// The twin's `max`, which `f64::max` is not: it prefers whichever is a number.
#[inline]
pub fn larger(first: f64, second: f64) -> f64 {
    if second > first {
        second
    } else {
        first
    }
}

/// Return the smaller; the first where they are equal or the second is no number.
#[inline]
fn smaller(first: f64, second: f64) -> f64 {
    if second < first {
        second
    } else {
        first
    }
}

/// A stretch between two points with a slope at either end.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// Where it begins.
    pub x0: f64,
    /// Where it ends.
    pub x1: f64,
    /// The value at its beginning.
    pub y0: f64,
    /// The value at its end.
    pub y1: f64,
    /// The slope at its beginning.
    pub slope0: f64,
    /// The slope at its end.
    pub slope1: f64,
}

/// Return the interpolant at `x` on a stretch, with the given shape.
#[inline]
pub fn rational_cubic(x: f64, stretch: &Stretch, shape: f64) -> f64 {
    let Stretch {
        x0,
        x1,
        y0,
        y1,
        slope0,
        slope1,
    } = *stretch;
    let width = x1 - x0;
    if shape >= SHAPE_MAX {
        return y0 + (y1 - y0) * ((x - x0) / width);
    }
    let t = (x - x0) / width;
    let u = 1.0 - t;
    let mut top = y1 * t * t * t + (shape * y1 - width * slope1) * t * t * u;
    top += (shape * y0 + width * slope0) * t * u * u + y0 * u * u * u;
    top / (1.0 + (shape - 3.0) * t * u)
}

/// Return the least shape that keeps the interpolant monotone and convex (or concave).
#[inline]
fn shape_floor(slope0: f64, slope1: f64, secant: f64, shape_first: bool) -> f64 {
    let monotone = slope0 * secant >= 0.0 && slope1 * secant >= 0.0;
    let convex = slope0 <= secant && secant <= slope1;
    let concave = slope0 >= secant && secant >= slope1;
    if !monotone && !convex && !concave {
        return SHAPE_MIN;
    }
    let mut needed_monotone = SHAPE_MIN;
    let mut needed_curved = SHAPE_MIN;
    if monotone {
        if secant != 0.0 {
            needed_monotone = (slope1 + slope0) / secant;
        } else if shape_first {
            needed_monotone = SHAPE_MAX;
        }
    }
    if convex || concave {
        let before = secant - slope0;
        let after = slope1 - secant;
        if before != 0.0 && after != 0.0 {
            let change = slope1 - slope0;
            needed_curved = larger((change / after).abs(), (change / before).abs());
        } else if shape_first {
            needed_curved = SHAPE_MAX;
        }
    } else if shape_first {
        needed_curved = SHAPE_MAX;
    }
    larger(larger(SHAPE_MIN, needed_monotone), needed_curved)
}

/// Return top / bottom inside the range of shapes; an empty quotient is its upper end.
#[inline]
fn bounded_shape(top: f64, bottom: f64) -> f64 {
    if top == 0.0 {
        return 0.0;
    }
    if bottom == 0.0 {
        return if top > 0.0 { SHAPE_MAX } else { SHAPE_MIN };
    }
    smaller(larger(top / bottom, SHAPE_MIN), SHAPE_MAX)
}

/// Return the shape whose second derivative at the right end of a stretch is `curvature`.
///
/// `rise` is what the value gains over `width`; `shape_first` prefers a good shape to smoothness.
#[inline]
pub fn shape_for_right_curvature(
    width: f64,
    rise: f64,
    slope0: f64,
    slope1: f64,
    curvature: f64,
    shape_first: bool,
) -> f64 {
    let secant = rise / width;
    let top = 0.5 * width * curvature + (slope1 - slope0);
    let shape = bounded_shape(top, slope1 - secant);
    larger(shape, shape_floor(slope0, slope1, secant, shape_first))
}

/// Return the shape whose second derivative at the left end of a stretch is `curvature`.
///
/// `rise` is what the value gains over `width`; `shape_first` prefers a good shape to smoothness.
#[inline]
pub fn shape_for_left_curvature(
    width: f64,
    rise: f64,
    slope0: f64,
    slope1: f64,
    curvature: f64,
    shape_first: bool,
) -> f64 {
    let secant = rise / width;
    let top = 0.5 * width * curvature + (slope1 - slope0);
    let shape = bounded_shape(top, secant - slope0);
    larger(shape, shape_floor(slope0, slope1, secant, shape_first))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARC: Stretch = Stretch {
        x0: 1.0,
        x1: 3.0,
        y0: 1.0,
        y1: 27.0,
        slope0: 3.0,
        slope1: 27.0,
    };

    #[test]
    fn a_shape_of_three_is_the_cubic() {
        for x in [1.0, 1.7, 2.0, 3.0] {
            assert!((rational_cubic(x, &ARC, 3.0) - x * x * x).abs() < 1e-12);
        }
    }

    #[test]
    fn the_largest_shape_is_the_straight_line() {
        assert_eq!(rational_cubic(2.0, &ARC, SHAPE_MAX), 14.0);
    }

    #[test]
    fn a_shape_from_the_curvature_at_an_end_has_that_curvature() {
        let bend = |shape: f64, x: f64| {
            let d = 1e-3;
            let at = |x: f64| rational_cubic(x, &ARC, shape);
            (at(x + d) - 2.0 * at(x) + at(x - d)) / (d * d)
        };
        let right = shape_for_right_curvature(2.0, 26.0, 3.0, 27.0, 20.0, false);
        assert!((bend(right, 3.0) - 20.0).abs() < 1e-2);
        let left = shape_for_left_curvature(2.0, 26.0, 3.0, 27.0, 5.0, false);
        assert!((bend(left, 1.0) - 5.0).abs() < 1e-2);
    }

    #[test]
    fn larger_keeps_the_first_where_the_second_is_no_number() {
        assert_eq!(larger(1.0, f64::NAN), 1.0);
        assert!(larger(f64::NAN, 1.0).is_nan());
        assert!(larger(0.0, -0.0).is_sign_positive());
    }
}
