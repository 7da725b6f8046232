export { Bars } from './bars.ts';
export { catalogue, findIndicator } from './catalogue.ts';
export type { CustomIndicator } from './custom.ts';
export {
  defineIndicator,
  factor,
  type Indicator,
  type IndicatorGroup,
  type InputName,
  type Kernel,
  length,
  type ParameterRange,
  type ParameterRanges,
  type ParameterValues,
} from './indicator.ts';
export { fieldsOf, line, lines } from './line.ts';
export { compute } from './run.ts';
export { Cross, Series, type SeriesOwner } from './series.ts';
export { ta } from './ta.ts';
