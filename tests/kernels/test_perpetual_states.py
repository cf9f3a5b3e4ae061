"""The state rows of perpetual sessions before their first frame."""

import numpy as np

from forven.kernels import perpetual_schema as p
from forven.kernels.perpetual_states import new_states


def test_a_session_opens_flat_with_its_cash_as_equity():
    state = new_states(3, np.array([5, 7]))
    assert state.shape == (2, p.STATE_HEADER_WIDTH + 3 * p.ORDER_WIDTH)
    for column in (p.STATE_CASH, p.STATE_OPENING_EQUITY, p.STATE_EQUITY, p.STATE_PEAK_EQUITY):
        assert state[:, column].tolist() == [5, 7]


def test_a_position_carried_in_opens_at_cost_unless_an_equity_is_told():
    cash, held, cost = np.array([-90]), np.array([10]), np.array([100])
    assert new_states(1, cash, held, cost)[0, p.STATE_OPENING_EQUITY] == 10
    assert new_states(1, cash, held, cost, np.array([12]))[0, p.STATE_PEAK_EQUITY] == 12
