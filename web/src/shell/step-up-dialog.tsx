import { server } from '../desk/server.ts';
import { useAskedPassword } from '../desk/step-up.ts';
import { Dialog } from '../parts/dialog.tsx';
import { PasswordForm } from './password-form.tsx';

/** Asks for the password again before a grave deed. */
export function StepUpDialog() {
  const asked = useAskedPassword();
  return (
    <Dialog
      title="Your password again"
      about="What you are about to do needs it; it holds for five minutes."
      isOpen={asked !== null}
      onClose={() => asked?.answer(false)}
    >
      <PasswordForm submit="Go on" send={(password) => server.stepUp({ password }).then(() => asked?.answer(true))} />
    </Dialog>
  );
}
