import { outliveReaders } from './cli/lost-reader.ts';
import { runKillProgram } from './kill-program.ts';

outliveReaders();
process.exitCode = await runKillProgram(process.argv.slice(2));
