/** Dockerfile, docker-compose.yml and deploy/kubernetes fit the program: its settings, options, port and paths, and each other. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { checkOpenness } from '../../actors/authenticator.js'
import { readConfiguration, SETTING_RULES, variableOf } from '../../actors/configuration.js'
import { DEFAULT_LIMITS, LIMIT_RULES } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { METRIC_RULES } from '../../src/serve/serve.js'
import { routesOf } from '../../src/serve/routes.js'
import { wrongIn } from '../harness/command-help.js'
import { fakeEngine } from '../harness/fake-engine.js'
import { observedNode, quietOptions } from '../harness/quiet-server.js'
import { temporaryFolder } from '../harness/servers.js'

const ROOT = packageRoot()
const KUBERNETES = join(ROOT, 'deploy', 'kubernetes')
const VARIABLES = new Set([...Object.keys(SETTING_RULES), ...Object.keys(LIMIT_RULES).map((name) => `limits.${name}`)].map(variableOf))
const ROUTES = routesOf(fakeEngine(), { ...quietOptions, node: observedNode }).map(({ path }) => path)
/** Of other programs, or of the files themselves. */
const OTHER_VARIABLES = /^(POSTGRES_|MINIO_|POD_IP$|NODE_ENV$)/
/** A node may take this long to stop. */
const STOP_SECONDS = (DEFAULT_LIMITS.drainMs + DEFAULT_LIMITS.stopGraceMs) / 1000

function strangers(names: readonly string[]): readonly string[] {
  return names.filter((name) => !VARIABLES.has(name) && !OTHER_VARIABLES.test(name))
}

/** Throws where a node would not start: settings that it refuses, or an address at which nobody guards it. */
async function checkStart(t: Parameters<typeof temporaryFolder>[0], yaml: string, environment: Readonly<Record<string, string>>, argv: readonly string[]): Promise<void> {
  const file = join(await temporaryFolder(t), 'millrace.yaml')
  writeFileSync(file, yaml)
  checkOpenness(readConfiguration(file, environment), optionOf(argv, '--host'))
}

interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: unknown
  readonly stop_grace_period?: string
}

t.test('docker-compose.yml: settings, options, ports and what depends on what', async (t) => {
  const compose: { services: Record<string, ComposeService>; volumes: Record<string, unknown> } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true })
  const services = Object.entries(compose.services)
  const nodes = services.filter(([, { image }]) => image === 'millrace')
  t.equal(nodes.length, 2)
  t.equal(new Set(nodes.flatMap(([, { ports = [] }]) => ports)).size, 2, 'ports differ')
  for (const [name, service] of services) {
    t.strictSame(strangers(Object.keys(service.environment ?? {})), [], name)
    for (const needed of Object.keys(service.depends_on ?? {})) t.ok(compose.services[needed]?.healthcheck, `${name} waits for the health of ${needed}`)
    for (const volume of service.volumes ?? []) t.ok(Object.hasOwn(compose.volumes, volume.split(':')[0]), `${name} has ${volume}`)
  }
  for (const [name, { environment = {}, command = [], ports = [], stop_grace_period }] of nodes) {
    t.strictSame(await wrongIn(command), [], name)
    await t.resolves(checkStart(t, '', environment, command), name)
    for (const port of ports) t.match(port, new RegExp(`^127\\.0\\.0\\.1:\\d+:${optionOf(command, '--port')}$`), 'from this machine alone')
    t.ok(parseInt(stop_grace_period ?? '0', 10) > STOP_SECONDS, `${name} may drain`)
    t.equal(environment['MILLRACE_CLUSTER_URL'], `http://${name}:${optionOf(command, '--port')}`)
    for (const variable of ['MILLRACE_CATALOG_URL', 'MILLRACE_OBJECTS_S3_ENDPOINT']) t.ok(compose.services[new URL(environment[variable] ?? '').hostname], `${name}: ${variable} names a service`)
  }
})

t.test('Dockerfile: what it copies is there, what it runs the command line knows', async (t) => {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replace(/\\\n/g, ' ')
  const lines = text.split('\n').filter((line) => /^[A-Z]+ /.test(line))
  const argument = (word: string): string => lines.findLast((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? ''
  const command: readonly string[] = JSON.parse(argument('CMD'))
  t.strictSame(JSON.parse(argument('ENTRYPOINT')), ['millrace'], 'not through a shell, which would keep SIGTERM to itself')
  t.strictSame(await wrongIn(command), [])
  t.equal(argument('EXPOSE'), optionOf(command, '--port'))
  t.match(argument('HEALTHCHECK'), `:${argument('EXPOSE')}/healthz`)
  t.equal(argument('USER'), 'node', 'not root')
  const [, tuned = ''] = /(MALLOC_\w+=\d+)/.exec(argument('ENV')) ?? []
  t.match(readFileSync(join(ROOT, 'docs', 'OPERATIONS.md'), 'utf8'), `\`${tuned}\``, 'operators are told the same')
  t.match(argument('FROM'), 'bookworm', 'glibc, whose setting it is')
  t.equal(argument('VOLUME'), optionOf(command, '--data'))
  const { bin, files, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  t.match(text, `/app/${bin.millrace} `)
  t.ok(lines.filter((line) => line.startsWith('FROM ')).every((line) => line.includes(`node:${engines.node.replace(/[^\d.]/g, '')}-`)), 'the Node that package.json wants')
  const copied = lines.flatMap((line) => /^COPY --from=build \/app\/(\S+)/.exec(line)?.[1] ?? [])
  const needed = (files as string[]).filter((file) => !/\.md$|LICENSE/.test(file))
  for (const file of needed) t.ok(copied.some((path) => file === path || file.startsWith(`${path}/`)), `${file} is in the image`)
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')
  for (const source of ['src', 'actors', 'cli', 'bin', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json']) t.notOk(ignored.includes(source), `${source} is there to be built`)
})

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: Spec
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
}

interface Spec {
  readonly selector: Readonly<Record<string, string>> & { readonly matchLabels: Readonly<Record<string, string>> }
  readonly ports: readonly { readonly targetPort: string }[]
  readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> }; readonly spec: PodSpec }
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string }; readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } } }[]
  readonly scaleTargetRef: { readonly kind: string; readonly name: string }
  readonly serviceName?: string
  readonly metrics: readonly { readonly external: { readonly metric: { readonly name: string } } }[]
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly containers: readonly Container[]
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string }; readonly emptyDir?: { readonly sizeLimit?: string } }[]
}

interface Container {
  readonly image: string
  readonly args: readonly string[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly env: readonly { readonly name: string; readonly value?: string }[]
  readonly envFrom: readonly { readonly secretRef: { readonly name: string } }[]
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } }
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } }
}

const files = readdirSync(KUBERNETES).filter((file) => file !== 'kustomization.yaml')
const resources: readonly Resource[] = files.flatMap((file) => parseAllDocuments(readFileSync(join(KUBERNETES, file), 'utf8')).map((document) => {
  if (document.errors.length > 0) throw document.errors[0]
  return document.toJS()
}))
const workloads = resources.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')

function resource(kind: string, name: string): Resource | undefined {
  return resources.find((each) => each.kind === kind && each.metadata.name === name)
}

t.test('Kubernetes: the pods have settings, options and probes that the program knows', async (t) => {
  t.strictSame(workloads.map(({ metadata }) => metadata.name).toSorted(), ['millrace-query', 'millrace-worker'])
  for (const { metadata, spec } of workloads) {
    const { name } = metadata
    const pod = spec.template.spec
    const [container] = pod.containers
    t.strictSame(await wrongIn(container.args), [], name)
    t.equal(optionOf(container.args, '--role'), name.replace('millrace-', ''))
    t.equal(String(container.ports[0].containerPort), optionOf(container.args, '--port'))
    for (const kind of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
      const { path, port } = container[kind].httpGet
      t.ok(ROUTES.includes(path), `${name}: ${kind} asks for ${path}`)
      t.ok(container.ports.some((each) => each.name === port), `${name}: ${kind} asks at port ${port}`)
    }
    t.equal(container.livenessProbe.httpGet.path, '/healthz', 'a node that cannot reach its bucket is not killed for it')
    const waits = Number(container.lifecycle?.preStop.exec.command[1] ?? 0)
    t.ok(pod.terminationGracePeriodSeconds > STOP_SECONDS + waits, `${name} may drain`)
    const secret = resource('Secret', container.envFrom[0].secretRef.name)
    const configMap = resource('ConfigMap', pod.volumes.find(({ configMap }) => configMap !== undefined)?.configMap?.name ?? '')
    const own = Object.fromEntries(container.env.map(({ name, value = 'set' }) => [name, value]))
    const environment = { ...secret?.stringData, ...own }
    t.strictSame(strangers(Object.keys(environment)), [], name)
    const config = optionOf(container.args, '--config')
    const mounts = container.volumeMounts.map(({ mountPath }) => mountPath)
    const yaml = configMap?.data?.[config.slice(config.lastIndexOf('/') + 1)] ?? ''
    t.ok(mounts.includes(config.slice(0, config.lastIndexOf('/'))), `${name}: ${config} is mounted`)
    await t.resolves(checkStart(t, yaml, environment, container.args), name)
    const settings: { readonly data: string; readonly limits: { readonly cacheBytesMax: number } } = parse(yaml)
    t.ok(mounts.includes(settings.data), `${name}: ${settings.data} is mounted`)
    const volumes = [...pod.volumes, ...(spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata)].map((volume) => volume.name)
    t.strictSame(container.volumeMounts.filter((mount) => !volumes.includes(mount.name)), [], name)
    const data = container.volumeMounts.find(({ mountPath }) => mountPath === settings.data)?.name
    const room = pod.volumes.find((volume) => volume.name === data)?.emptyDir?.sizeLimit ?? spec.volumeClaimTemplates?.find((claim) => claim.metadata.name === data)?.spec.resources.requests.storage
    t.ok(parseInt(room ?? '0', 10) * 2 ** 30 > settings.limits.cacheBytesMax, `the cache of ${name} fits its volume`)
  }
})

t.test('Kubernetes: what names another thing names one that is there', async (t) => {
  const labels = workloads.map(({ spec }) => spec.template.metadata.labels)
  const selects = (selector: Readonly<Record<string, string>>): number => labels.filter((each) => Object.entries(selector).every(([name, value]) => each[name] === value)).length
  for (const { kind, metadata, spec } of resources) {
    const name = `${kind} ${metadata.name}`
    if (kind === 'Service') {
      t.equal(selects(spec.selector), 1, name)
      const ports = workloads.flatMap((workload) => workload.spec.template.spec.containers.flatMap((container) => container.ports.map((port) => port.name)))
      t.ok(spec.ports.every(({ targetPort }) => ports.includes(targetPort)), name)
    } else if (kind === 'PodDisruptionBudget' || kind === 'Deployment' || kind === 'StatefulSet') {
      t.equal(selects(spec.selector.matchLabels), 1, name)
      if (spec.serviceName !== undefined) t.ok(resource('Service', spec.serviceName), name)
    } else if (kind === 'HorizontalPodAutoscaler') {
      t.ok(resource(spec.scaleTargetRef.kind, spec.scaleTargetRef.name), name)
      for (const { external } of spec.metrics) t.ok(Object.hasOwn(METRIC_RULES, external.metric.name), external.metric.name)
    }
  }
  const { resources: listed, images } = parse(readFileSync(join(KUBERNETES, 'kustomization.yaml'), 'utf8'))
  t.strictSame([...listed, 'autoscaling.yaml'].toSorted(), files.toSorted(), 'kustomization.yaml names all but the example')
  t.ok(workloads.every(({ spec }) => spec.template.spec.containers.every(({ image }) => images.some(({ name }: { name: string }) => name === image))), 'and where the image is')
})

const kubectl = spawnSync('kubectl', ['kustomize', KUBERNETES], { encoding: 'utf8' })
t.test('kubectl builds it', { skip: kubectl.error === undefined ? false : 'there is no kubectl' }, async (t) => {
  t.equal(kubectl.status, 0, kubectl.stderr)
})

/** What stands behind an option. */
function optionOf(argv: readonly string[], option: string): string {
  return argv[argv.indexOf(option) + 1] ?? ''
}
