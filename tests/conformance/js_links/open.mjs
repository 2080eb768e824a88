// A viewer that others wrote opens a link and prints what it found: FHIR resource types, or the name of its error.
import { SHLViewer } from 'kill-the-clipboard';

const [link, passcode, most] = process.argv.slice(2);
try {
  const viewer = new SHLViewer({ shlinkURI: link });
  const asked = { recipient: 'kill-the-clipboard', passcode: passcode || undefined };
  if (most) asked.embeddedLengthMax = Number(most);
  const found = await viewer.resolveSHL(asked);
  const bundle = found.fhirResources[0];
  const types = bundle.entry.map((each) => each.resource.resourceType);
  console.log(JSON.stringify({ type: bundle.type, types, status: found.manifest.status ?? '', label: viewer.shl.label ?? '' }));
} catch (error) {
  console.error(error.message);
  console.log(JSON.stringify({ error: error.name }));
}
