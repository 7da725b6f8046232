import { useState } from 'react';
import type { UpdateOf } from '../../../src/api/client/client.ts';
import { useMoment } from '../desk/moment.ts';
import { useCommand } from '../desk/use-command.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field, fieldOf, wrongAt } from '../parts/field.tsx';
import { Problem } from '../parts/panel.tsx';

export type Order = UpdateOf<'orders'>['orders'][number];

/** Another price, another quantity, or both, of an order that works. */
export function AmendDialog({
  order,
  session,
  onClose,
}: {
  readonly order: Order;
  readonly session: string;
  readonly onClose: () => void;
}) {
  const { at: pastTime } = useMoment();
  const before = order.limit ?? order.trigger ?? '';
  const [at, setAt] = useState(before);
  const [size, setSize] = useState(order.quantity);
  const amend = useCommand('order amend', { isQuiet: true, done: () => `${order.order} is asked to be amended.` });
  const changes = {
    ...(at === before ? {} : { price: at }),
    ...(size === order.quantity ? {} : { qty: size }),
  };
  const send = async (): Promise<void> => {
    const done = await amend.run({ order: order.order, session, reason: 'at the desk', ...changes });
    if (done !== null) onClose();
  };
  const isAtField = ['price', 'qty'].includes(fieldOf(amend.problem));
  return (
    <Dialog
      title="Amend an order"
      about={`${order.side} ${order.type} ${order.instrument}. Goes through risk as a new order would.`}
      isOpen
      onClose={onClose}
    >
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className="grid gap-2 sm:grid-cols-2">
          {before === '' ? null : (
            <Field
              label={order.limit === null ? 'Trigger price' : 'Limit price'}
              wrong={wrongAt(amend.problem, 'price')}
            >
              {(of) => (
                <input
                  {...of}
                  className="control figure"
                  inputMode="decimal"
                  value={at}
                  onChange={(event) => setAt(event.target.value.trim())}
                />
              )}
            </Field>
          )}
          <Field label="Quantity, what has filled included" wrong={wrongAt(amend.problem, 'qty')}>
            {(of) => (
              <input
                {...of}
                className="control figure"
                inputMode="decimal"
                value={size}
                onChange={(event) => setSize(event.target.value.trim())}
              />
            )}
          </Field>
        </div>
        {amend.problem === null || isAtField ? null : <Problem problem={amend.problem} />}
        <Button
          kind="main"
          type="submit"
          disabled={pastTime !== null || amend.isRunning || Object.keys(changes).length === 0}
        >
          {amend.isRunning ? 'Sending …' : 'Amend'}
        </Button>
      </form>
    </Dialog>
  );
}
