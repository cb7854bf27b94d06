#!/usr/bin/env node
import { exitCodes } from './failure.js';
import { main } from './main.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.success);
});
process.exitCode = await main(process.argv.slice(2));
