/** Sets up the backend node from the sources of this repository, without its command: `install-node-backend.mjs [VERSION OF TENSORFLOW]`. */
import { install } from '../../packages/backends/node/src/install.ts';

const [version] = process.argv.slice(2);
const note = (text) => console.error(text);
try {
  const report = await install({ note, ...(version === undefined ? {} : { pip: version }) }).catch((error) => {
    if (version === undefined && error.details?.step === 'library') return install({ note, pip: true });
    throw error;
  });
  console.log(
    `Backend ${report.backend}: TensorFlow ${report.tensorflow}, ${report.devices.length} device(s), in ${report.folder}`,
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
