import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Shown } from '../../parts/panel.tsx';
import { addIndicator, removeIndicator, useIndicators } from './indicator-choice.ts';

type Indicator = OutputOf<'indicators'>['indicators'][number];

/** Every indicator of the catalogue, to be put on the charts with parameters of one's own. */
export function IndicatorsDialog({ onClose }: { readonly onClose: () => void }) {
  const view = useAnswer('indicators', {}, { staleMs: Number.POSITIVE_INFINITY });
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const onCharts = useIndicators();
  return (
    <Dialog
      title="Indicators"
      about="They are computed by the server, over all bars that it has."
      isOpen
      onClose={onClose}
      place="side"
    >
      <div className="space-y-3">
        {onCharts.length === 0 ? null : (
          <ul className="flex flex-wrap gap-1" aria-label="On the charts">
            {onCharts.map((each) => (
              <li key={each}>
                <Button size="small" aria-label={`Take ${each} away`} onClick={() => removeIndicator(each)}>
                  {each} ✕
                </Button>
              </li>
            ))}
          </ul>
        )}
        <input
          type="search"
          aria-label="Search indicators"
          placeholder="rsi, average, volatility"
          className="control"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Shown view={view} again={view.again} lines={12}>
          {({ indicators }) => (
            <ul className="space-y-1">
              {indicators
                .filter(({ name, title, group }) =>
                  `${name} ${title} ${group}`.toLowerCase().includes(text.toLowerCase()),
                )
                .map((indicator) => (
                  <li key={indicator.name} className="rounded-md border">
                    <button
                      type="button"
                      aria-expanded={chosen === indicator.name}
                      className="flex w-full items-center gap-2 px-2 py-1 text-left hover:bg-raised"
                      onClick={() => setChosen(chosen === indicator.name ? null : indicator.name)}
                    >
                      <span className="min-w-0 flex-1 truncate">{indicator.title}</span>
                      <span className="text-xs text-soft">{indicator.group}</span>
                    </button>
                    {chosen === indicator.name ? <Parameters indicator={indicator} /> : null}
                  </li>
                ))}
            </ul>
          )}
        </Shown>
      </div>
    </Dialog>
  );
}

function Parameters({ indicator: { name, params, formula, unit, outputs } }: { readonly indicator: Indicator }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const add = (): void => {
    // The first says most of it; others only where they are one's own.
    const given = params
      .map((param) => ({ ...param, value: values[param.name] ?? String(param.default) }))
      .filter(({ value, ...param }, k) => k === 0 || value !== String(param.default))
      .map((param) => `${param.name}=${param.value}`);
    addIndicator(given.length === 0 ? name : `${name}:${given.join(',')}`);
  };
  return (
    <form
      className="space-y-2 border-t p-2"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <p className="text-xs text-soft">
        {formula} · {outputs.join(', ')} in {unit}
      </p>
      <div className="grid grid-cols-2 gap-2">
        {params.map((param) => (
          <Field key={param.name} label={param.name} about={`${param.about}; ${param.min} to ${param.max}`}>
            {(of) => (
              <input
                {...of}
                className="control figure"
                inputMode="decimal"
                value={values[param.name] ?? String(param.default)}
                onChange={(event) => setValues((known) => ({ ...known, [param.name]: event.target.value.trim() }))}
              />
            )}
          </Field>
        ))}
      </div>
      <Button kind="main" size="small" type="submit">
        Put on the charts
      </Button>
    </form>
  );
}
