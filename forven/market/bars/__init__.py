"""Market data by the bar: datasets, import, calendars, resampling, quality, synthetic bars."""
