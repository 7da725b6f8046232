import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { operationOf } from '../../src/api/operations/table.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { masterKey } from '../../src/durability/master-key.ts';
import { SETTINGS } from '../../src/settings.ts';
import { type Document, documentsOf, instructionsOf, ROOT, textOf } from './files.ts';

const KUBERNETES = globSync('deploy/kubernetes/*.yaml', { cwd: ROOT }).sort();
const ALL = [
  ...KUBERNETES,
  ...globSync(['deploy/cloud-run/*.yaml', 'deploy/prometheus/*.yml', 'deploy/grafana/**/*.yaml'], { cwd: ROOT }),
  'compose.yaml',
];
const compose: Document = documentsOf('compose.yaml')[0];
const OURS = ['app', 'execution'];
const objects = KUBERNETES.filter((file) => !file.endsWith('kustomization.yaml')).flatMap(documentsOf);
const deployments = objects.filter(({ kind }) => kind === 'Deployment');
const cloudRun: Document = documentsOf('deploy/cloud-run/service.yaml')[0];
const docker = instructionsOf(textOf('Dockerfile'));
const dockerLine = (name: string): string => docker.findLast((each) => each.name === name)!.rest;
const settings = new Map(SETTINGS.map((setting) => [setting.env, setting]));

/** Every entry command of the files: what stands behind `tradewright`. */
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['Dockerfile', JSON.parse(dockerLine('CMD')) as string[]],
  ...OURS.map((name) => [`compose ${name}`, compose.services[name].command] as const),
  ...deployments.map((each) => [each.metadata.name, each.spec.template.spec.containers[0].args] as const),
  ['Cloud Run', cloudRun.spec.template.spec.containers[0].args],
];

/** Paths of probes are routes of the server. */
const PATHS = ['/health/live', '/health/ready'];

/** Files and folders that a script of package.json names, and those that it runs. */
function namedBy(script: string, scripts: Readonly<Record<string, string>>): readonly string[] {
  const words = scripts[script]!.split(' ');
  return words.flatMap((word, k) => {
    if (words[k - 1] === 'run') return namedBy(word, scripts);
    // A folder that commands write, such as build, goes by the name of one.
    const isMade = textOf('.gitignore')
      .split('\n')
      .some((line) => line.replaceAll('/', '') === word);
    return existsSync(join(ROOT, word)) && !isMade ? [word] : [];
  });
}

/** Opens a key as a container finds it: in a file of the mode that its mount gives, or in the variable. */
async function opensKey(mode: number | null): Promise<void> {
  const text = Buffer.from(Array.from({ length: 32 }, (_, k) => k)).toString('hex');
  if (mode === null) return void (await masterKey({ from: 'environment', variable: 'KEY' }, null, { KEY: text }));
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-key-'));
  try {
    writeFileSync(join(folder, 'master.key'), text, { mode });
    await masterKey({ from: 'file', path: join(folder, 'master.key') }, null, {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('files of deployment', () => {
  test('all of them -> YAML with no key twice', () => {
    for (const file of ALL) assert.ok(documentsOf(file).length > 0, file);
  });

  for (const [where, words] of COMMANDS)
    test(`${where}: its entry command -> one that the program takes`, () => {
      const { id, given } = parseCommandLine(words, false);
      assert.equal(id, 'serve');
      operationOf(id).input.parse(given);
      assert.equal(given['behindProxy'], true, 'TLS is another one’s, and keys are asked for');
    });

  test('names in environments -> settings; what may hold a secret -> never written there', () => {
    const named: [string, string | undefined][] = [
      ...OURS.flatMap((name) => Object.entries(compose.services[name].environment)),
      ...[cloudRun, ...deployments].flatMap(({ spec }) =>
        spec.template.spec.containers[0].env.map((each: Document) => [each.name, each.value]),
      ),
      ...documentsOf('deploy/kubernetes/kustomization.yaml')[0].configMapGenerator[0].literals.map((each: string) =>
        each.split('='),
      ),
      ...[...dockerLine('ENV').matchAll(/(TRADEWRIGHT_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    ];
    assert.ok(named.length > 15);
    for (const [name, value] of named) {
      const setting = settings.get(name);
      assert.ok(setting, `${name} is a setting`);
      if (!setting.isSecret) continue;
      const text = value ?? '';
      assert.ok(!/:\/\/[^/@$]*:[^$/@]+@/.test(text), `${name} has a password in it`);
      if (name === 'TRADEWRIGHT_MASTER_KEY') assert.equal(text, '', 'referred to');
    }
  });

  test('Dockerfile: files are there, the Node is the pinned one, nobody runs as root, its health is a route', () => {
    const { dependencies, scripts } = JSON.parse(textOf('package.json'));
    for (const { rest } of docker.filter(({ name }) => name === 'FROM'))
      assert.ok(rest.startsWith(`node:${dependencies.node}-`), rest);
    const copied = docker.filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'));
    for (const { rest } of copied)
      for (const file of rest.split(' ').slice(0, -1)) assert.ok(globSync(file, { cwd: ROOT }).length > 0, file);
    const shown = new Set(textOf('.dockerignore').split('\n'));
    for (const { rest } of copied)
      for (const file of rest.split(' ').slice(0, -1)) assert.ok(shown.has(`!${file.replace('./', '')}`), file);
    const sources = copied.flatMap(({ rest }) => rest.split(' ').slice(0, -1)).map((file) => file.replace('./', ''));
    const built = docker.find(({ name, rest }) => name === 'RUN' && rest.includes('npm run build'));
    assert.ok(built);
    const needed = namedBy('build', scripts);
    assert.ok(needed.length > 1);
    for (const file of needed)
      assert.ok(
        globSync(sources, { cwd: ROOT }).some((source) => file === source || file.startsWith(`${source}/`)),
        `what builds it needs ${file}`,
      );
    assert.match(dockerLine('USER'), /^[1-9]\d*:[1-9]\d*$/);
    assert.equal(dockerLine('EXPOSE'), '7330');
    const health = dockerLine('HEALTHCHECK');
    assert.ok(health.includes('/health/live'), health);
    const [program, entry] = JSON.parse(dockerLine('ENTRYPOINT')) as string[];
    assert.deepEqual([program, existsSync(join(ROOT, entry!.replace('/app/', '')))], ['node', true]);
    assert.equal(docker.filter(({ name }) => name === 'ARG').length, 0, 'nothing is handed in at its making');
  });

  test('compose: what services need is defined, mounted files are there, ports are of this machine only', () => {
    const { services, secrets, volumes } = compose;
    for (const [name, service] of Object.entries<Document>(services)) {
      for (const needed of Object.keys(service.depends_on ?? {})) {
        assert.ok(services[needed]?.healthcheck, `${name} waits until ${needed} is healthy`);
      }
      for (const secret of service.secrets ?? []) assert.ok(secrets[secret], secret);
      for (const mount of service.volumes ?? []) {
        const [from] = mount.split(':') as [string];
        if (from === './strategies') continue;
        assert.ok(from.startsWith('./') ? existsSync(join(ROOT, from)) : from in volumes, `${name}: ${from}`);
      }
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
      if (OURS.includes(name)) assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']]);
    }
    assert.deepEqual(services.kafka.profiles, ['kafka']);
    assert.ok(Number.parseInt(services.app.stop_grace_period, 10) > 60, 'longer than the grace');
    const [scrape] = documentsOf('deploy/prometheus/compose.yml')[0].scrape_configs;
    assert.deepEqual([scrape.dns_sd_configs[0].names, scrape.dns_sd_configs[0].port], [OURS, 7330]);
    assert.ok(
      existsSync(join(ROOT, 'deploy/prometheus', documentsOf('deploy/prometheus/compose.yml')[0].rule_files[0])),
    );
  });

  test('Kubernetes: three replicas of what answers and trades, probes, no root, nothing writable, limits, a grace that is long enough', () => {
    const replicas = Object.fromEntries(deployments.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
    assert.deepEqual(replicas, { 'tradewright-api': 3, 'tradewright-execution': 3, 'tradewright-monitor': 1 });
    for (const { metadata, spec } of deployments) {
      const pod = spec.template.spec;
      const [container] = pod.containers;
      assert.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels, metadata.name);
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const { path, port } = container[probe].httpGet;
        assert.ok(PATHS.includes(path), path);
        assert.ok(container.ports.some((each: Document) => each.name === port && each.containerPort === 7330));
      }
      assert.equal(container.readinessProbe.httpGet.path, '/health/ready');
      assert.deepEqual([pod.securityContext.runAsNonRoot, pod.automountServiceAccountToken], [true, false]);
      const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = container.securityContext;
      assert.deepEqual([allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities.drop], [false, true, ['ALL']]);
      assert.ok(container.resources.requests.cpu && container.resources.limits.memory);
      for (const { name } of container.volumeMounts)
        assert.ok(
          pod.volumes.some((volume: Document) => volume.name === name),
          name,
        );
      if (metadata.name !== 'tradewright-monitor') assert.ok(pod.terminationGracePeriodSeconds > 60);
    }
    assert.equal(objects.filter(({ kind }) => kind === 'Secret').length, 0, 'secrets are referred to');
    const labels = deployments.map(({ spec }) => JSON.stringify(spec.template.metadata.labels));
    for (const { kind, spec } of objects)
      if (kind === 'PodDisruptionBudget') assert.ok(labels.includes(JSON.stringify(spec.selector.matchLabels)));
    const policy = objects.find(({ kind }) => kind === 'NetworkPolicy');
    assert.deepEqual(policy.spec.policyTypes, ['Ingress', 'Egress']);
    const listed = documentsOf('deploy/kubernetes/kustomization.yaml')[0].resources.map(
      (name: string) => `deploy/kubernetes/${name}`,
    );
    assert.deepEqual(new Set([...listed, 'deploy/kubernetes/kustomization.yaml']), new Set(KUBERNETES));
  });

  test('what several processes share -> in a database that each of them is given, as nothing outlives a pod’s own home', () => {
    const named = textOf('docs/how-to/deploy.md').match(/`tradewright\.env` has (.+?)\. /)![1]!;
    const secrets = [...named.matchAll(/TRADEWRIGHT_\w+/g)].map(([name]) => name);
    for (const name of ['TRADEWRIGHT_DATABASE', 'TRADEWRIGHT_BAR_STORE', 'TRADEWRIGHT_REDIS'])
      assert.ok(secrets.includes(name), name);
    for (const { metadata, spec } of deployments) {
      const [container] = spec.template.spec.containers;
      assert.ok(
        container.envFrom.some((each: Document) => each.secretRef?.name === 'tradewright'),
        metadata.name,
      );
    }
    const [{ env }] = cloudRun.spec.template.spec.containers;
    assert.ok(env.find((each: Document) => each.name === 'TRADEWRIGHT_DATABASE')?.valueFrom.secretKeyRef);
    for (const service of OURS)
      assert.match(compose.services[service].environment.TRADEWRIGHT_DATABASE, /^postgres:/, service);
  });

  test('master keys: as each file of deployment hands them over -> the vault’s own check takes them', async () => {
    const [literals] = documentsOf('deploy/kubernetes/kustomization.yaml')[0].configMapGenerator;
    const inFile = literals.literals.some((each: string) => each.startsWith('TRADEWRIGHT_MASTER_KEY_FILE='));
    for (const { metadata, spec } of deployments) {
      const { containers, volumes, securityContext } = spec.template.spec;
      const variable = containers[0].env.find(({ name }: Document) => name === 'TRADEWRIGHT_MASTER_KEY');
      const volume = volumes.find(({ secret }: Document) => secret?.secretName === 'tradewright-master-key');
      assert.ok(inFile === (variable === undefined), `${metadata.name}: one source`);
      if (variable !== undefined)
        assert.deepEqual(variable.valueFrom.secretKeyRef, { name: 'tradewright-master-key', key: 'master.key' });
      // Files of a secret are root's, and a group of the pod may read them.
      const mode = variable === undefined ? volume.secret.defaultMode | (securityContext.fsGroup ? 0o040 : 0) : null;
      await opensKey(mode);
    }
    // Compose mounts the file as it lies on the machine: its owner is to be the image's user.
    const guide = textOf('docs/how-to/deploy.md');
    const [mode] = /(?<=chmod )\d+(?= secrets\/master\.key)/.exec(guide)!;
    await opensKey(Number.parseInt(mode, 8));
    assert.ok(guide.includes(`chown ${dockerLine('USER')} secrets/master.key`));
    assert.ok(guide.includes('create secret generic tradewright-master-key --from-file=master.key'));
  });

  test('Kubernetes: what adds deployments and what trades -> the same strategies at the same path; ports of venues are let out', () => {
    for (const { metadata, spec } of deployments.filter(({ metadata: { name } }) => name !== 'tradewright-monitor')) {
      const { containers, volumes } = spec.template.spec;
      const mount = containers[0].volumeMounts.find((each: Document) => each.mountPath === '/strategies');
      assert.equal(mount?.readOnly, true, metadata.name);
      const { configMap } = volumes.find(({ name }: Document) => name === mount.name);
      assert.ok(textOf('docs/how-to/deploy.md').includes(`create configmap ${configMap.name} `), configMap.name);
    }
    const { egress } = objects.find(({ kind }) => kind === 'NetworkPolicy').spec;
    const open = new Set(egress.flatMap(({ ports }: Document) => ports.map(({ port }: Document) => port)));
    for (const venue of ['binance', 'okx', 'mexc']) {
      const text = textOf(`node_modules/ccxt/js/src/pro/${venue}.js`);
      for (const [, port = '443'] of text.matchAll(/wss:\/\/[\w.-]+(?::(\d+))?/g))
        assert.ok(open.has(Number(port)), `${venue}: ${port}`);
    }
  });

  const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
  test('Kubernetes: kubectl kustomize -> one stream of objects, the image with its version', {
    skip: hasKubectl ? false : 'kubectl absent',
  }, () => {
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', 'deploy/kubernetes'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.split('\n---\n').length, 10);
    const { version } = JSON.parse(textOf('package.json'));
    assert.equal(stdout.match(new RegExp(`image: tradewright:${version}\\b`, 'g'))?.length, 3);
  });

  test('Cloud Run: roles that hold no sessions, probes that are routes', () => {
    const [container] = cloudRun.spec.template.spec.containers;
    const { given } = parseCommandLine(container.args, false);
    assert.deepEqual(given['role'], ['api', 'data', 'backtest']);
    assert.equal(given['port'], undefined, 'PORT says it');
    for (const probe of ['startupProbe', 'livenessProbe']) assert.ok(PATHS.includes(container[probe].httpGet.path));
  });
});
