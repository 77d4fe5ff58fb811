"""What the packages people use make of the same questions, for the tables of `forecast` and `staffing`.

    python3 peers.py forecast DIRECTORY WEEKS [FILE...]    python3 peers.py staffing

Writes one line for each figure, its parts apart by tabs. Needs statsforecast, prophet and pyworkforce;
a package that is not there is said and left out. Files, origins, intervals compared and the sum of
errors over the sum of calls are those of `forecast.rs`; every model has all that lies before its origin.
"""

import csv
import logging
import math
import statistics
import sys
import time
import warnings
from datetime import datetime, timedelta
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

FILES = {
    "bank_na_2003_5min.csv": 30,
    "bank_il_1999_30min.csv": 30,
    "seattle_fire911_2017_2022_60min.csv": 60,
}


def say(*parts):
    print(*parts, sep="\t", flush=True)


def read(path, minutes):
    """Calls by local interval; finer rows are summed, what the clocks show twice is left out."""
    calls, rows = {}, {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            start = datetime.fromisoformat(row["interval_start"]).replace(tzinfo=None)
            at = start - timedelta(minutes=start.minute % minutes)
            calls[at] = calls.get(at, 0.0) + float(row["offered"])
            rows[start] = rows.get(start, 0) + 1
    twice = {start - timedelta(minutes=start.minute % minutes) for start, n in rows.items() if n > 1}
    return {at: n for at, n in sorted(calls.items()) if at not in twice}


def week_of_slots(known):
    """The weekdays and times of day at which the queue is open at all, in order."""
    days = sorted({at.weekday() for at in known})
    times = sorted({at.time() for at in known})
    return days, times


def grid(known, days, times, first, end):
    """A series without gaps: a missing interval has what it had a week before."""
    values, day = [], first
    while day < end:
        if day.weekday() in days:
            for clock in times:
                at = datetime.combine(day, clock)
                for weeks in range(9):
                    value = known.get(at - timedelta(weeks=weeks))
                    if value is not None:
                        break
                values.append(value or 0.0)
        day += timedelta(days=1)
    return values


def mstl_arima(known, origin):
    import numpy as np
    from statsforecast.models import MSTL, AutoARIMA

    days, times = week_of_slots(known)
    values = grid(known, days, times, min(known).date(), origin)
    lengths = [len(times), len(times) * len(days)]
    model = MSTL(season_length=lengths, trend_forecaster=AutoARIMA())
    mean = model.forecast(y=np.array(values), h=lengths[1])["mean"]
    ahead = [origin + timedelta(days=n) for n in range(7)]
    slots = [datetime.combine(day, clock) for day in ahead if day.weekday() in days for clock in times]
    return dict(zip(slots, mean))


def prophet(known, origin):
    import pandas as pd
    from prophet import Prophet

    # More waves than usual: with as few as usual it misses the edges of the day.
    model = Prophet(daily_seasonality=12, weekly_seasonality=6, uncertainty_samples=0)
    model.fit(pd.DataFrame({"ds": list(known), "y": list(known.values())}))
    _, times = week_of_slots(known)
    slots = [datetime.combine(origin + timedelta(days=n), clock) for n in range(7) for clock in times]
    return dict(zip(slots, model.predict(pd.DataFrame({"ds": slots}))["yhat"]))


def forecast(directory, weeks, files):
    models = {"MSTL + AutoARIMA": ("statsforecast", mstl_arima), "Prophet": ("prophet", prophet)}
    for package, _ in models.values():
        try:
            __import__(package)
        except ImportError:
            say("missing", package)
            models = {name: it for name, it in models.items() if it[0] != package}
    for file in files or FILES:
        calls = read(Path(directory) / file, FILES[file])
        last = max(calls).date()
        for name, (_, model) in models.items():
            errors, sums, seconds = 0.0, 0.0, []
            for week in range(weeks, 0, -1):
                origin = last + timedelta(days=1 - 7 * week)
                known = {at: n for at, n in calls.items() if at.date() < origin}
                begin = time.perf_counter()
                points = model(known, origin)
                seconds.append(time.perf_counter() - begin)
                for at, n in calls.items():
                    if origin <= at.date() < origin + timedelta(days=7) and at in points:
                        errors += abs(n - max(0.0, points[at]))
                        sums += n
            say("wape", file, name, f"{errors / sums:.4f}", f"{statistics.median(seconds):.2f}")


def staffing():
    """Agents for 80 % in 20 s at calls of 300 s, as in `staffing.rs`; median seconds of a requirement."""
    try:
        from pyworkforce.queuing import ErlangC
    except ImportError:
        say("missing", "pyworkforce")
        return
    for erlangs in [10, 100, 1_000, 10_000]:
        # Calls in an interval of 30 minutes that make so many erlangs.
        calls = erlangs * 30 / 5
        seconds, agents = [], math.nan
        for _run in range(21 if erlangs < 10_000 else 3):
            begin = time.perf_counter()
            erlang = ErlangC(transactions=calls, aht=5.0, asa=20 / 60, interval=30, shrinkage=0.0)
            agents = erlang.required_positions(service_level=0.8)["raw_positions"]
            seconds.append(time.perf_counter() - begin)
        say("erlang", erlangs, agents, f"{statistics.median(seconds):.9f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["forecast"]:
        forecast(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    else:
        staffing()
