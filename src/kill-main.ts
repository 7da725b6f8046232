import { runKillProgram } from './kill-program.ts';

process.exitCode = await runKillProgram(process.argv.slice(2));
