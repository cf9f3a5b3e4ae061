//! The prices at which a position closes, worked out once when it is entered.
//!
//! All are times the position's sign, so that a stop lies below and a target above for both sides.

use super::market::{nearest, Market, Side};
use super::plan::Plan;
use crate::bars_schema::*;

/// A stop or liquidation level that no price reaches.
pub const NO_FLOOR: i64 = -i64::MAX;
/// A target that no price reaches.
pub const NO_CEILING: i64 = i64::MAX;

/// The levels of one position.
#[derive(Debug, Clone, Copy)]
pub struct Levels {
    side: Side,
    trail_ppm: i64,
    /// The entry price.
    pub entry: i64,
    /// The tighter of percent and ATR stop; [`NO_FLOOR`]: none.
    pub fixed: i64,
    /// Where the position is liquidated; [`NO_FLOOR`]: never.
    pub liquidation: i64,
    /// Where the profit is taken; [`NO_CEILING`]: never.
    pub target: i64,
}

impl Levels {
    /// Work out the levels of a position entered at the open of a bar.
    #[inline]
    pub fn new(market: &Market, plan: &Plan, side: Side, bar: usize) -> Self {
        let entry = side.sign() * market.row(BAR_OPEN)[bar];
        let mut levels = Self {
            side,
            trail_ppm: plan.get(PLAN_TRAIL_PPM),
            entry,
            fixed: NO_FLOOR,
            liquidation: NO_FLOOR,
            target: NO_CEILING,
        };
        let (stop_ppm, target_ppm) = (plan.get(PLAN_STOP_PPM), plan.get(PLAN_TARGET_PPM));
        if stop_ppm > 0 {
            levels.fixed = levels.worse_by(entry, stop_ppm);
        }
        if let Some(distance) = atr_distance(market, plan, bar) {
            levels.fixed = levels.fixed.max(entry - distance);
        }
        let sizing = plan.get(PLAN_SIZING);
        if levels.fixed == NO_FLOOR && (sizing == SIZING_FRACTION || sizing == SIZING_ATR) {
            levels.fixed = levels.worse_by(entry, plan.get(PLAN_FALLBACK_STOP_PPM));
        }
        levels.fixed = levels.fixed.min(entry - 1);
        if target_ppm > 0 {
            levels.target = levels.worse_by(entry, -target_ppm).max(entry + 1);
        }
        if plan.is_leveraged() {
            let kept_ppm = MAINTENANCE_KEPT_PPM * UNIT_PPM / plan.get(PLAN_LEVERAGE_PPM);
            levels.liquidation = levels.worse_by(entry, kept_ppm);
        }
        levels
    }

    /// Return no levels, but the entry's.
    #[inline]
    pub fn none(side: Side, entry: i64) -> Self {
        Self {
            side,
            trail_ppm: 0,
            entry,
            fixed: NO_FLOOR,
            liquidation: NO_FLOOR,
            target: NO_CEILING,
        }
    }

    /// The distance from entry to the fixed stop, in quanta.
    pub fn distance(&self) -> i64 {
        self.entry - self.fixed
    }

    /// Whether a stop follows the price.
    #[inline]
    pub fn is_trailing(&self) -> bool {
        self.trail_ppm > 0
    }

    /// The trailing stop below the best price so far; [`NO_FLOOR`] where none follows.
    #[inline]
    pub fn trailing(&self, extreme: i64) -> i64 {
        if self.is_trailing() {
            self.worse_by(extreme, self.trail_ppm).min(extreme - 1)
        } else {
            NO_FLOOR
        }
    }

    /// Return a price made worse by a fraction of it.
    #[inline]
    fn worse_by(&self, price: i64, part_ppm: i64) -> i64 {
        let sign = self.side.sign();
        sign * nearest(sign * price * (UNIT_PPM - sign * part_ppm))
    }
}

/// Return how far an ATR stop lies from the entry, where there is one.
#[inline]
fn atr_distance(market: &Market, plan: &Plan, bar: usize) -> Option<i64> {
    if plan.get(PLAN_SIZING) != SIZING_ATR {
        return None;
    }
    let atr = market.row(plan.get(PLAN_ATR_ROW) as usize)[bar - 1];
    let distance = (atr.max(0) * plan.get(PLAN_ATR_STOP_MILLI) + 500) / 1_000;
    (atr >= 1 && distance >= 1).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::fixture::World;

    fn levels(world: &World, side: Side) -> Levels {
        let row = world.plan.clone();
        Levels::new(&world.market(), &Plan::new(&row), side, 1)
    }

    fn world(open: i64) -> World {
        let mut world = World::flat(4, open);
        world
            .set(PLAN_STOP_PPM, 20_000)
            .set(PLAN_TARGET_PPM, 50_000);
        world
    }

    #[test]
    fn percent_levels_lie_on_either_side_of_the_entry() {
        let found = levels(&world(1_000), Side::Long);
        assert_eq!((found.fixed, found.target), (980, 1_050));
        let found = levels(&world(1_000), Side::Short);
        assert_eq!((-found.fixed, -found.target), (1_020, 950));
        assert_eq!(found.distance(), 20);
        assert_eq!(found.liquidation, NO_FLOOR);
    }

    #[test]
    fn a_level_is_at_least_a_quantum_away() {
        for side in Side::BOTH {
            let found = levels(&world(3), side);
            assert_eq!((found.distance(), found.target - found.entry), (1, 1));
            let mut trailing = world(3);
            trailing.set(PLAN_TRAIL_PPM, 1);
            assert_eq!(
                levels(&trailing, side).trailing(found.entry),
                found.entry - 1
            );
        }
    }

    #[test]
    fn halves_are_rounded_up_on_both_sides() {
        let mut world = World::flat(4, 150);
        world.set(PLAN_STOP_PPM, 10_000); // 148.5 and 151.5
        assert_eq!(levels(&world, Side::Long).fixed, 149);
        assert_eq!(-levels(&world, Side::Short).fixed, 152);
    }

    #[test]
    fn a_short_target_at_or_below_zero_is_never_reached() {
        let mut world = world(1_000);
        world.set(PLAN_TARGET_PPM, 1_500_000);
        assert_eq!(-levels(&world, Side::Short).target, -500);
    }

    #[test]
    fn the_tighter_of_percent_and_atr_is_the_fixed_stop() {
        let mut world = world(1_000);
        world.set(PLAN_SIZING, SIZING_ATR).set(PLAN_ATR_ROW, 4);
        world.set(PLAN_ATR_STOP_MILLI, 1_500).atr(0, 7); // 10.5
        assert_eq!(levels(&world, Side::Long).fixed, 989);
        assert_eq!(-levels(&world, Side::Short).fixed, 1_011);
        world.atr(0, 100);
        assert_eq!(levels(&world, Side::Long).fixed, 980);
        world.set(PLAN_STOP_PPM, 0);
        assert_eq!(levels(&world, Side::Long).fixed, 850);
        for undefined in [i64::MIN, -1, 0] {
            world.atr(0, undefined).set(PLAN_FALLBACK_STOP_PPM, 30_000);
            assert_eq!(levels(&world, Side::Long).fixed, 970);
        }
    }

    #[test]
    fn a_position_is_liquidated_near_the_whole_of_its_stake() {
        let mut world = world(1_000_000);
        world.set(PLAN_LEVERAGE_PPM, 10 * UNIT_PPM);
        assert_eq!(levels(&world, Side::Long).liquidation, 900_500);
        assert_eq!(-levels(&world, Side::Short).liquidation, 1_099_500);
    }
}
