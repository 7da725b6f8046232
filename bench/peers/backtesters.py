"""Other backtesters on the exported bars: an SMA cross 20/50, and an order on every bar (one bar in, one bar out); market orders filled at the next open, 5 bps a side.

Usage: backtesters.py vectorbt|backtesting|backtrader FOLDER. Prints a JSON line for each work. Best of several runs after a warm-up where
the library is quick enough; the slow ones run once, on fewer bars, which the line says.
"""

import json
import os
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
FAST, SLOW, FEE, CASH, SHARE, QUANTITY = 20, 50, 0.0005, 1_000_000.0, 0.1, 0.001


def load(folder, rows=None):
    columns = {
        title: np.fromfile(os.path.join(folder, f"{name}.f64"), dtype="<f8")[:rows]
        for title, name in [("Open", "open"), ("High", "high"), ("Low", "low"), ("Close", "close"), ("Volume", "volume")]
    }
    times = np.fromfile(os.path.join(folder, "openTimeMs.f64"), dtype="<f8")[:rows].astype("int64")
    return pd.DataFrame(columns, index=pd.to_datetime(times, unit="ms"))


def best_of(work, repetitions):
    best, result = float("inf"), None
    for _ in range(repetitions):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def vectorbt_cross(folder):
    import vectorbt as vbt

    bars = load(folder)

    def work():
        fast = bars["Close"].rolling(FAST).mean().to_numpy()
        slow = bars["Close"].rolling(SLOW).mean().to_numpy()
        above = fast > slow
        crossed = np.diff(above, prepend=False)
        # A signal of this close fills at the next open.
        entries = np.roll(above & crossed, 1)
        exits = np.roll(~above & crossed, 1)
        portfolio = vbt.Portfolio.from_signals(
            bars["Close"], entries, exits, price=bars["Open"], size=SHARE, size_type="percent", fees=FEE, init_cash=CASH, freq="1min"
        )
        # What our engine always has at the end of a run.
        portfolio.max_drawdown()
        return portfolio

    work()
    seconds, portfolio = best_of(work, 5)
    return len(bars), seconds, int(portfolio.orders.count()), "vectorised; warm"


def vectorbt_orders(folder):
    import vectorbt as vbt

    bars = load(folder)
    size = np.where(np.arange(len(bars)) % 2 == 0, QUANTITY, -np.inf)

    def orders():
        return vbt.Portfolio.from_orders(bars["Close"], size=size, price=bars["Open"], fees=FEE, init_cash=CASH, freq="1min")

    def work():
        portfolio = orders()
        # What our engine always has at the end of a run.
        portfolio.max_drawdown()
        return portfolio

    work()
    alone, _ = best_of(orders, 5)
    seconds, portfolio = best_of(work, 5)
    return len(bars), seconds, int(portfolio.orders.count()), f"vectorised; warm; {alone * 1e9 / len(bars):.0f} without the drawdown"


def backtesting_cross(folder):
    from backtesting import Backtest, Strategy

    bars = load(folder, 200_000)

    class SmaCross(Strategy):
        def init(self):
            self.fast = self.I(lambda x: pd.Series(x).rolling(FAST).mean(), self.data.Close)
            self.slow = self.I(lambda x: pd.Series(x).rolling(SLOW).mean(), self.data.Close)

        def next(self):
            above = self.fast[-1] > self.slow[-1]
            if above and not self.position and self.fast[-2] <= self.slow[-2]:
                self.buy(size=SHARE)
            elif not above and self.position:
                self.position.close()

    seconds, stats = best_of(lambda: Backtest(bars, SmaCross, cash=CASH, commission=FEE, finalize_trades=True).run(), 1)
    return len(bars), seconds, 2 * int(stats["# Trades"]), "once, statistics included"


def backtesting_orders(folder):
    from backtesting import Backtest, Strategy

    bars = load(folder, 20_000)

    class OrderEveryBar(Strategy):
        def init(self):
            pass

        def next(self):
            if self.position:
                self.position.close()
            else:
                self.buy(size=1)

    seconds, stats = best_of(lambda: Backtest(bars, OrderEveryBar, cash=CASH, commission=FEE, finalize_trades=True).run(), 1)
    return len(bars), seconds, 2 * int(stats["# Trades"]), "once, statistics included"


def in_backtrader(bt, bars, strategy):
    def work():
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.adddata(bt.feeds.PandasData(dataname=bars))
        cerebro.addstrategy(strategy)
        cerebro.broker.setcash(CASH)
        cerebro.broker.setcommission(commission=FEE)
        return cerebro.run()[0].fills

    seconds, fills = best_of(work, 1)
    return len(bars), seconds, fills, "once"


def backtrader_cross(folder):
    import backtrader as bt

    bars = load(folder, 50_000)

    class SmaCross(bt.Strategy):
        def __init__(self):
            fast, slow = (bt.indicators.SimpleMovingAverage(self.data.close, period=n) for n in (FAST, SLOW))
            self.cross = bt.indicators.CrossOver(fast, slow)
            self.fills = 0

        def notify_order(self, order):
            self.fills += order.status == order.Completed

        def next(self):
            if self.cross[0] > 0 and not self.position:
                self.buy(size=SHARE * self.broker.getvalue() / self.data.close[0])
            elif self.cross[0] < 0 and self.position:
                self.close()

    return in_backtrader(bt, bars, SmaCross)


def backtrader_orders(folder):
    import backtrader as bt

    bars = load(folder, 20_000)

    class OrderEveryBar(bt.Strategy):
        fills = 0

        def notify_order(self, order):
            self.fills += order.status == order.Completed

        def next(self):
            if self.position:
                self.close()
            else:
                self.buy(size=QUANTITY)

    return in_backtrader(bt, bars, OrderEveryBar)


RUNS = {
    "vectorbt": {"sma-cross": vectorbt_cross, "order-every-bar": vectorbt_orders},
    "backtesting": {"sma-cross": backtesting_cross, "order-every-bar": backtesting_orders},
    "backtrader": {"sma-cross": backtrader_cross, "order-every-bar": backtrader_orders},
}

if __name__ == "__main__":
    peer, folder = sys.argv[1:3]
    for work, run in RUNS[peer].items():
        rows, seconds, fills, note = run(folder)
        line = {
            "work": work,
            "name": f"{peer} {version(peer)}",
            "bars": rows,
            "nsPerBar": seconds * 1e9 / rows,
            "fills": fills,
            "note": note,
        }
        print(json.dumps(line), flush=True)
