import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { useKeptSession } from '../desk/current-session.ts';
import { Toasts } from '../parts/toasts.tsx';
import { Announcer } from './announcer.tsx';
import { Banners } from './banners.tsx';
import { Palette } from './palette.tsx';
import { BottomBar, Rail } from './rail.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { Gate } from './sign-in.tsx';
import { StepUpDialog } from './step-up-dialog.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame around every page, for who may see it. */
export function Shell() {
  return (
    <Gate>
      <Frame />
    </Gate>
  );
}

function Frame() {
  useKeptSession();
  const [isPalette, setPalette] = useState(false);
  return (
    <div className="flex h-dvh flex-col">
      <TopBar onPalette={() => setPalette(true)} />
      <Banners />
      <div className="flex min-h-0 flex-1">
        <Rail />
        <main id="page" tabIndex={-1} className="relative min-w-0 flex-1 overflow-y-auto p-3 pb-20 sm:pb-3">
          <Outlet />
        </main>
      </div>
      <BottomBar onMore={() => setPalette(true)} />
      <Palette isOpen={isPalette} onClose={() => setPalette(false)} />
      <Shortcuts onPalette={() => setPalette(true)} />
      <Announcer />
      <StepUpDialog />
      <Toasts />
    </div>
  );
}
