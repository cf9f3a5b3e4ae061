//! How much of the equity a position takes.

use super::levels::Levels;
use super::plan::Plan;
use crate::bars_schema::*;

/// Return the share that a run's sizing gives, in ppm, before the other direction is looked at.
///
/// `returns` are the price returns of the segment's trades, oldest first.
#[inline]
pub fn size_ppm(plan: &Plan, levels: &Levels, equity: f64, returns: &[f64]) -> i64 {
    match plan.get(PLAN_SIZING) {
        SIZING_FULL => UNIT_PPM,
        SIZING_FIXED => floored(plan.get(PLAN_FIXED_SIZE_MICROS) as f64 / 1e6 / equity * 1e6),
        SIZING_KELLY => floored(kelly(plan, returns)),
        _ => {
            let risk = plan.get(PLAN_RISK_PPM) * levels.entry.abs();
            floored(risk as f64 / (levels.distance() as f64 * plan.leverage))
        }
    }
}

/// Return the sizes of both directions entered in one bar, where they are more than everything.
pub fn shared_out(sizes: [i64; 2]) -> [i64; 2] {
    let sum = sizes[0] + sizes[1];
    if sum > UNIT_PPM {
        sizes.map(|size| size * UNIT_PPM / sum)
    } else {
        sizes
    }
}

/// Return the whole ppm of a size, from nothing to everything.
fn floored(size: f64) -> i64 {
    if size > 0.0 && size.is_finite() {
        size.min(1e6) as i64
    } else {
        0
    }
}

/// Return Kelly's share of the last trades: 0 until one was above and one below zero.
fn kelly(plan: &Plan, returns: &[f64]) -> f64 {
    let lookback = plan.get(PLAN_KELLY_LOOKBACK) as usize;
    let window = &returns[returns.len().saturating_sub(lookback)..];
    let (mut wins, mut losses) = (0.0, 0.0);
    let (mut gained, mut lost) = (0.0, 0.0);
    for returned in window {
        if *returned > 0.0 {
            wins += 1.0;
            gained += returned;
        } else if *returned < 0.0 {
            losses += 1.0;
            lost += -returned;
        }
    }
    if wins == 0.0 || losses == 0.0 {
        return 0.0;
    }
    let win_rate = wins / window.len() as f64;
    let ratio = gained / wins / (lost / losses);
    plan.get(PLAN_KELLY_MILLI) as f64 / 1000.0 * (win_rate - (1.0 - win_rate) / ratio) * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::fixture::World;
    use crate::bars::market::Side;

    fn size(world: &World, side: Side, equity: f64, returns: &[f64]) -> i64 {
        let row = world.plan.clone();
        let plan = Plan::new(&row);
        let levels = Levels::new(&world.market(), &plan, side, 1);
        size_ppm(&plan, &levels, equity, returns)
    }

    #[test]
    fn full_is_everything_and_fixed_a_sum_of_money() {
        let mut world = World::flat(4, 1_000);
        assert_eq!(size(&world, Side::Long, 5.0, &[]), 1_000_000);
        world
            .set(PLAN_SIZING, SIZING_FIXED)
            .set(PLAN_FIXED_SIZE_MICROS, 2_500_000_000);
        assert_eq!(size(&world, Side::Long, 10_000.0, &[]), 250_000);
        assert_eq!(size(&world, Side::Long, 30_000.0, &[]), 83_333);
        assert_eq!(size(&world, Side::Long, 2_000.0, &[]), 1_000_000);
        assert_eq!(size(&world, Side::Long, f64::MIN_POSITIVE, &[]), 0);
    }

    #[test]
    fn a_fraction_is_what_the_distance_to_the_stop_may_cost() {
        let mut world = World::flat(4, 1_000);
        world
            .set(PLAN_SIZING, SIZING_FRACTION)
            .set(PLAN_RISK_PPM, 10_000);
        world.set(PLAN_STOP_PPM, 40_000);
        for side in Side::BOTH {
            assert_eq!(size(&world, side, 1.0, &[]), 250_000);
        }
        world.set(PLAN_LEVERAGE_PPM, 2_000_000);
        assert_eq!(size(&world, Side::Long, 1.0, &[]), 125_000);
        world
            .set(PLAN_STOP_PPM, 0)
            .set(PLAN_FALLBACK_STOP_PPM, 3_000);
        assert_eq!(size(&world, Side::Short, 1.0, &[]), 1_000_000);
    }

    #[test]
    fn kelly_learns_from_its_last_trades() {
        let mut world = World::flat(4, 1_000);
        world
            .set(PLAN_SIZING, SIZING_KELLY)
            .set(PLAN_KELLY_MILLI, 500);
        world.set(PLAN_KELLY_LOOKBACK, 4);
        let of = |returns: &[f64]| size(&world, Side::Long, 1.0, returns);
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&[0.5, 0.25]), 0);
        assert_eq!(of(&[-0.5, 0.0]), 0);
        // half of 0.5 - 0.5 / 2, with a return of zero counted in n
        assert_eq!(of(&[0.5, 0.5, -0.25, 0.0]), 125_000);
        // the oldest is out of sight
        assert_eq!(of(&[-9.0, 0.5, 0.5, -0.25, 0.0]), 125_000);
        assert_eq!(of(&[0.25, -0.5]), 0);
    }

    #[test]
    fn two_entries_of_one_bar_share_everything() {
        assert_eq!(shared_out([1_000_000, 500_000]), [666_666, 333_333]);
        assert_eq!(shared_out([600_000, 400_000]), [600_000, 400_000]);
        assert_eq!(shared_out([0, 1_000_000]), [0, 1_000_000]);
    }
}
