//! The price grid of option orders; integers only, floors towards minus infinity.
//!
//! Twin of `forven/kernels/jit/grid.py`.

/// Quanta between order prices: always for several legs, up to [`FINE_LIMIT`] for one.
pub const FINE_STEP: i64 = 5;
/// Quanta between the prices of a one-leg order above [`FINE_LIMIT`].
pub const COARSE_STEP: i64 = 10;
/// Quanta up to and including which a one-leg order moves in fine steps, on either side of 0.
pub const FINE_LIMIT: i64 = 300;

/// Return the largest multiple of `step` that is not above `value`; `step` must be positive.
pub fn floor(value: i64, step: i64) -> i64 {
    value.div_euclid(step) * step
}

/// Return the increment of an order in quanta, from its leg count and its mid in half quanta.
pub fn increment(leg_count: i64, mid2: i64) -> i64 {
    if leg_count == 1 && mid2.abs() > 2 * FINE_LIMIT {
        COARSE_STEP
    } else {
        FINE_STEP
    }
}

/// Return the step of the grid around a price in quanta.
pub fn grid_step(price: i64, leg_count: i64) -> i64 {
    if leg_count == 1 && price.abs() > FINE_LIMIT {
        COARSE_STEP
    } else {
        FINE_STEP
    }
}

/// Return the largest grid price at or below `price`; a one-leg -301 goes to -310.
pub fn snap_down(price: i64, leg_count: i64) -> i64 {
    floor(price, grid_step(price, leg_count))
}

/// Return the smallest grid price at or above `price`; a one-leg -301 goes to -300.
pub fn snap_up(price: i64, leg_count: i64) -> i64 {
    -floor(-price, grid_step(price, leg_count))
}

/// Return whether an order of `leg_count` legs may carry this price.
pub fn is_on_grid(price: i64, leg_count: i64) -> bool {
    price.rem_euclid(grid_step(price, leg_count)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_go_towards_minus_infinity() {
        assert_eq!(floor(9, 5), 5);
        assert_eq!(floor(-1, 5), -5);
        assert_eq!(floor(-5, 5), -5);
    }

    #[test]
    fn an_increment_is_coarse_only_for_one_leg_above_three_points() {
        assert_eq!(increment(1, 600), 5);
        assert_eq!(increment(1, 601), 10);
        assert_eq!(increment(1, -601), 10);
        assert_eq!(increment(2, 5_000), 5);
    }

    #[test]
    fn a_debit_just_beyond_three_points_snaps_to_either_side() {
        assert_eq!(snap_down(-301, 1), -310);
        assert_eq!(snap_up(-301, 1), -300);
        assert_eq!(snap_down(-301, 4), -305);
        assert_eq!(snap_up(-301, 4), -300);
    }

    #[test]
    fn snapped_prices_enclose_every_price_and_lie_on_the_grid() {
        for leg_count in [1, 2, 4] {
            for price in -1_000..=1_000 {
                let (below, above) = (snap_down(price, leg_count), snap_up(price, leg_count));
                assert!(below <= price && price <= above);
                assert!(is_on_grid(below, leg_count) && is_on_grid(above, leg_count));
                assert!((below + 1..above).all(|p| !is_on_grid(p, leg_count)));
            }
        }
    }

    #[test]
    fn a_price_on_the_grid_stays_where_it_is() {
        for price in [-310, -300, -5, 0, 5, 300, 310] {
            assert_eq!(snap_down(price, 1), price);
            assert_eq!(snap_up(price, 1), price);
        }
        assert!(!is_on_grid(305, 1));
        assert!(is_on_grid(305, 2));
    }
}
