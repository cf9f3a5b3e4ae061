"""The codes of the pricing kernels: why a price has no volatility, and the columns of values."""

VOLATILITY_OK = 0
VOLATILITY_BELOW_INTRINSIC = 1  # the price is less than exercise at the forward is worth
VOLATILITY_AT_INTRINSIC = 2  # no time value: every small enough volatility explains the price
VOLATILITY_ABOVE_MAXIMUM = 3  # a call at or above the forward, a put at or above the strike
VOLATILITY_NO_TIME = 4  # the option has expired
VOLATILITY_INVALID = 5  # an input is not finite, or forward or strike is not positive

# values float64 [n, VALUE_WIDTH]
VALUE_PRICE = 0
VALUE_DELTA = 1
VALUE_GAMMA = 2
VALUE_THETA = 3  # a year of time passing
VALUE_VEGA = 4  # 1.00 of volatility
VALUE_RHO = 5  # 1.00 of interest rate
VALUE_YIELD_RHO = 6  # 1.00 of dividend yield
VALUE_WIDTH = 7
