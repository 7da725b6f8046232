import { moneyScale } from '../../core/engine/session-state.ts';
import { type FeeSchedule, feeSchedule } from '../../core/exchange/fees.ts';
import type { CostModel } from '../../core/exchange/fill-costs.ts';
import { toRate } from '../../core/exchange/rate.ts';
import { decimal, toUnits } from '../../core/vocabulary/decimal.ts';
import { Failure } from '../failures.ts';
import { feeScheduleFile } from '../operations/cost-fields.ts';
import type { Input } from '../operations/table.ts';
import { complaintText, schemaComplaint } from '../schema-complaint.ts';
import type { World } from '../world.ts';

const HINT =
  'It looks so: {"tiers": [{"from": 0, "maker": "0.1%", "taker": "0.1%"}, {"from": 1000000, "maker": "0.08%", "taker": "0.1%"}]}.';

type FeeInput = Pick<Input<'backtest'>, 'cash' | 'fee' | 'feeSchedule' | 'feeAsset'>;

/** The fees of a run: one rate or a schedule, and what pays them. */
export function feeConfig(input: FeeInput, world: World): Pick<CostModel, 'fees' | 'feeAsset'> {
  const { feeAsset } = input;
  const fees = schedule(input, world);
  if (feeAsset === undefined) return { fees };
  if (feeAsset.payIn !== 'third') return { fees: { ...fees, payIn: feeAsset.payIn } };
  const { code, price, balance, discount } = feeAsset;
  return { fees: { ...fees, payIn: 'third' }, feeAsset: { code, price, balance, discountRate: toRate(discount) } };
}

function schedule(input: FeeInput, world: World): FeeSchedule {
  if (input.feeSchedule === undefined) {
    const { maker, taker } = input.fee;
    return feeSchedule({ tiers: [{ fromTradedQuanta: 0, makerRate: toRate(maker), takerRate: toRate(taker) }] });
  }
  const said = readSchedule(input.feeSchedule, world);
  const scale = moneyScale(input.cash);
  const quanta = (units: number): number => Number(toUnits(decimal(units), scale, 'ceil'));
  return feeSchedule({
    tiers: said.tiers.map((t) => ({
      fromTradedQuanta: quanta(t.from),
      makerRate: toRate(t.maker),
      takerRate: toRate(t.taker),
    })),
    perOrderQuanta: quanta(said.perOrder),
    minimumQuanta: quanta(said.minimum),
  });
}

function readSchedule(path: string, world: World): ReturnType<typeof feeScheduleFile.parse> {
  const text = world.files.read(path);
  if (text === null)
    throw new Failure('file-not-found', `there is no file ${path}`, { details: { file: path, field: 'feeSchedule' } });
  const refuse = (message: string): Failure =>
    new Failure('input-invalid', `${path}: ${message}`, { hint: HINT, details: { file: path, field: 'feeSchedule' } });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`expected JSON, found ${(error as Error).message}`);
  }
  const parsed = feeScheduleFile.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refuse(complaintText(schemaComplaint(parsed.error, json)));
}
