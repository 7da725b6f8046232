import type { BracketOption, ContractOptions } from './contract.ts';

const bracket = (cap: number, maintenanceRate: number, maxLeverage: number): BracketOption => ({
  cap,
  maintenanceRate,
  maxLeverage,
});

/** Brackets as Binance published them in October 2024. */
const BTC_BRACKETS: readonly BracketOption[] = [
  bracket(50_000, 0.004, 125),
  bracket(600_000, 0.005, 100),
  bracket(3_000_000, 0.0065, 75),
  bracket(12_000_000, 0.01, 50),
  bracket(70_000_000, 0.02, 25),
  bracket(100_000_000, 0.025, 20),
  bracket(230_000_000, 0.05, 10),
  bracket(480_000_000, 0.1, 5),
  bracket(600_000_000, 0.125, 4),
  bracket(800_000_000, 0.15, 3),
  bracket(1_200_000_000, 0.25, 2),
  bracket(1_800_000_000, 0.5, 1),
];

const ETH_BRACKETS: readonly BracketOption[] = [
  ...BTC_BRACKETS.slice(0, 4),
  bracket(50_000_000, 0.02, 25),
  bracket(65_000_000, 0.025, 20),
  bracket(150_000_000, 0.05, 10),
  bracket(320_000_000, 0.1, 5),
  bracket(400_000_000, 0.125, 4),
  bracket(530_000_000, 0.15, 3),
  bracket(800_000_000, 0.25, 2),
  bracket(1_200_000_000, 0.5, 1),
];

/** What the exchange lists unless it is told otherwise. */
export const DEFAULT_LISTING: readonly ContractOptions[] = [
  {
    symbol: 'BTCUSDT',
    base: 'BTC',
    tickSize: '0.10',
    stepSize: '0.001',
    pricePrecision: 2,
    quantityPrecision: 3,
    minPrice: '556.80',
    maxPrice: '4529764',
    minQuantity: '0.001',
    maxQuantity: '1000',
    maxMarketQuantity: '120',
    minNotional: '100',
    multiplierUp: '1.0500',
    multiplierDown: '0.9500',
    multiplierDecimals: 4,
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    brackets: BTC_BRACKETS,
  },
  {
    symbol: 'ETHUSDT',
    base: 'ETH',
    tickSize: '0.01',
    stepSize: '0.001',
    pricePrecision: 2,
    quantityPrecision: 3,
    minPrice: '39.86',
    maxPrice: '306177',
    minQuantity: '0.001',
    maxQuantity: '10000',
    maxMarketQuantity: '2000',
    minNotional: '20',
    multiplierUp: '1.0500',
    multiplierDown: '0.9500',
    multiplierDecimals: 4,
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    brackets: ETH_BRACKETS,
  },
];
