"""Rational cubic interpolation with a shape parameter, as the first guess of a volatility needs it.

R. Delbourgo and J. A. Gregory, "Shape preserving piecewise rational interpolation", SIAM J. Sci.
Stat. Comput. 6 (1985). A parameter of 3 is the cubic, a large one approaches the straight line.
"""

from forven.kernels.jit.compile import inner

_SHAPE_MIN = -0.9999999850988388
_SHAPE_MAX = 4.056481920730334e31


@inner
def rational_cubic(x, x0, x1, y0, y1, slope0, slope1, shape):
    """Return the interpolant at `x` through two points with the given slopes and shape."""
    width = x1 - x0
    if shape >= _SHAPE_MAX:
        return y0 + (y1 - y0) * ((x - x0) / width)
    t = (x - x0) / width
    u = 1.0 - t
    top = y1 * t * t * t + (shape * y1 - width * slope1) * t * t * u
    top += (shape * y0 + width * slope0) * t * u * u + y0 * u * u * u
    return top / (1.0 + (shape - 3.0) * t * u)


@inner
def _shape_floor(slope0, slope1, secant, shape_first):
    """Return the least shape that keeps the interpolant monotone and convex (or concave)."""
    monotone = slope0 * secant >= 0.0 and slope1 * secant >= 0.0
    convex = slope0 <= secant <= slope1
    concave = slope0 >= secant >= slope1
    if not monotone and not convex and not concave:
        return _SHAPE_MIN
    needed_monotone = _SHAPE_MIN
    needed_curved = _SHAPE_MIN
    if monotone:
        if secant != 0.0:
            needed_monotone = (slope1 + slope0) / secant
        elif shape_first:
            needed_monotone = _SHAPE_MAX
    if convex or concave:
        before = secant - slope0
        after = slope1 - secant
        if before != 0.0 and after != 0.0:
            change = slope1 - slope0
            needed_curved = max(abs(change / after), abs(change / before))
        elif shape_first:
            needed_curved = _SHAPE_MAX
    elif shape_first:
        needed_curved = _SHAPE_MAX
    return max(_SHAPE_MIN, needed_monotone, needed_curved)


@inner
def _bounded_shape(top, bottom):
    """Return top / bottom inside the range of shapes; an empty quotient is its upper end."""
    if top == 0.0:
        return 0.0
    if bottom == 0.0:
        return _SHAPE_MAX if top > 0.0 else _SHAPE_MIN
    return min(max(top / bottom, _SHAPE_MIN), _SHAPE_MAX)


@inner
def shape_for_right_curvature(width, rise, slope0, slope1, curvature, shape_first):
    """Return the shape whose second derivative at the right end is `curvature`."""
    secant = rise / width
    shape = _bounded_shape(0.5 * width * curvature + (slope1 - slope0), slope1 - secant)
    return max(shape, _shape_floor(slope0, slope1, secant, shape_first))


@inner
def shape_for_left_curvature(width, rise, slope0, slope1, curvature, shape_first):
    """Return the shape whose second derivative at the left end is `curvature`."""
    secant = rise / width
    shape = _bounded_shape(0.5 * width * curvature + (slope1 - slope0), secant - slope0)
    return max(shape, _shape_floor(slope0, slope1, secant, shape_first))
