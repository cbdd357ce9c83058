/** The embedded server and the lock of its folder, through every way for a process to end. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import { findBinaries, findLaunch } from '../../src/catalog/binaries.js'
import { describeLock, lockFolder, openCatalog, startEmbeddedPostgres } from '../../src/catalog/catalog.js'
import type { EmbeddedPostgres } from '../../src/catalog/catalog.js'
import { isProcessAlive, processStart } from '../../src/catalog/process.js'
import { rejectsWith } from '../harness/rejects.js'
import { execute, regexMatchesEmpty, temporaryFolder } from '../harness/servers.js'

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

void t.test('a folder is locked by one process at a time', async (test) => {
  const folder = join(await temporaryFolder(test), 'lake')
  test.equal(await describeLock(folder), undefined)
  const lock = await lockFolder(folder, { url: 'http://127.0.0.1:7070' })
  test.same(await describeLock(folder), { pid: process.pid, url: 'http://127.0.0.1:7070' })
  await rejectsWith(
    test,
    lockFolder(folder, { url: '' }),
    'unavailable',
    new RegExp(`^the data folder .*lake is in use by the millrace node at http://127\\.0\\.0\\.1:7070 \\(pid ${process.pid}\\)$`),
  )
  await lock.release()
  test.equal(await describeLock(folder), undefined)
  const again = await lockFolder(folder, { url: '' })
  await rejectsWith(test, lockFolder(folder, { url: '' }), 'unavailable', /in use by a millrace process \(pid \d+\)$/)
  await lock.release()
  test.same((await describeLock(folder))?.pid, process.pid, 'a lock that is not held any more releases nothing')
  await again.release()
  test.same(await readdir(join(folder, '.lock')), [])
})

void t.test('the lock of a killed process, or of an earlier process of the same number, is free', async (test) => {
  const folder = await temporaryFolder(test)
  const holder = await holdLock(test, folder)
  test.equal(holder.said, 'locked')
  test.equal((await describeLock(folder))?.pid, holder.child.pid)
  await rejectsWith(test, lockFolder(folder, { url: '' }), 'unavailable', /in use by the millrace node at http:\/\/holder/)
  await kill(holder.child)
  test.equal(await describeLock(folder), undefined)
  await (await lockFolder(folder, { url: '' })).release()
  for (const name of [`${process.pid}~another-time~abc`, `${2 ** 22 + 1}~~abc`, '0~~abc', '-1~~abc', 'x', '']) {
    await mkdir(join(folder, '.lock', name), { recursive: true })
    await writeFile(join(folder, '.lock', name, 'held'), 'http://before')
    test.equal(await describeLock(folder), undefined, name)
    await (await lockFolder(folder, { url: '' })).release()
  }
})

void t.test('of many that find a stale lock at once, one gets it', async (test) => {
  for (let round = 0; round < 100; round += 1) {
    const folder = await temporaryFolder(test)
    await mkdir(join(folder, '.lock', `${2 ** 22 + 1}~~abc`), { recursive: true })
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, { url: '' })))
    test.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  }
})

void t.test('of many processes that find a stale lock, one gets it', async (test) => {
  for (let round = 0; round < 3; round += 1) {
    const folder = await temporaryFolder(test)
    await mkdir(join(folder, '.lock', `${2 ** 22 + 1}~~abc`), { recursive: true })
    const holders = await Promise.all(Array.from({ length: 6 }, () => holdLock(test, folder)))
    test.equal(holders.filter(({ said }) => said === 'locked').length, 1, holders.map(({ said }) => said).join(', '))
    await Promise.all(holders.map(({ child }) => kill(child)))
  }
})

void t.test('embedded server', async (suite) => {
  const folder = await temporaryFolder(suite)
  const data = join(folder, 'catalog')

  await suite.test('keeps its data, opens no port, leaves no socket', async (test) => {
    const { server } = await start(data)
    await execute(server.connection, 'create table kept (value int)')
    await execute(server.connection, 'insert into kept values (7)')
    const settings = await execute(server.connection, `select current_setting('listen_addresses') as ports, current_setting('fsync') as fsync`)
    test.same(settings, [{ ports: '', fsync: 'on' }])
    const sockets = await readFile(`${data}.sockets`, 'utf8')
    test.equal((await stat(sockets)).mode & 0o777, 0o700)
    await server.stop()
    await test.rejects(stat(sockets))
    test.same(await readdir(folder), ['catalog'])
    await checkAndStop(test, (await start(data)).server)
  })

  await suite.test('ends a server that a process which is gone has left', async (test) => {
    const orphan = await startOrphan(test, data)
    const { server, log } = await start(data)
    test.ok(log.some((line) => line.includes(`earlier process (pid ${orphan.pid})`)), log.join('\n'))
    await orphan.ended
    await checkAndStop(test, server)
  })

  await suite.test('starts after its process was killed', async (test) => {
    const { child, said } = await runScript(test, 'embedded', data)
    const { pid, sockets } = JSON.parse(said) as { pid: number; sockets: string }
    await kill(child)
    const { server } = await start(data)
    test.ok((await processStart(pid)) === '' || !isProcessAlive(pid), 'the server of the killed process has ended')
    await test.rejects(stat(sockets), 'its sockets are gone')
    await checkAndStop(test, server)
  })

  await suite.test('starts although its number belongs to another program now', async (test) => {
    const other = spawn('sleep', ['60'])
    test.teardown(() => kill(other))
    await writeFile(join(data, 'postmaster.pid'), `${other.pid}\n${data}\n1\n5432\n/nowhere\n\n\n`)
    const { server } = await start(data)
    test.ok(isProcessAlive(other.pid as number), 'which is left alone')
    await checkAndStop(test, server)
  })

  await suite.test('a first start that was broken off is begun anew', async (test) => {
    const fresh = join(folder, 'fresh')
    await mkdir(`${fresh}.new`)
    await writeFile(join(`${fresh}.new`, 'PG_VERSION'), '18')
    const { server } = await start(fresh)
    test.equal((await execute(server.connection, 'select 1 as one'))[0].one, 1)
    await server.stop()
  })

  await suite.test('works in a folder that others cannot enter', async (test) => {
    const closed = join(folder, 'closed')
    await mkdir(closed)
    await chmod(closed, 0o700)
    const { server } = await start(join(closed, 'catalog'))
    const catalog = await openCatalog({ connection: server.connection, matchesEmpty: regexMatchesEmpty })
    await catalog.ping()
    await catalog.close()
    await server.stop()
    await rejectsWith(test, openCatalog({ connection: server.connection, matchesEmpty: regexMatchesEmpty }), 'unavailable', /cannot be reached/)
  })

  await suite.test('says why it cannot start', async (test) => {
    await writeFile(join(data, 'PG_VERSION'), '9\n')
    await rejectsWith(test, startEmbeddedPostgres(data, { onLog: () => {} }), 'unavailable', /embedded postgres cannot run: .*incompatible/)
    test.notOk((await readdir(folder)).includes('catalog.sockets'))
  })
})

async function start(data: string): Promise<{ readonly server: EmbeddedPostgres; readonly log: readonly string[] }> {
  const log: string[] = []
  return { server: await startEmbeddedPostgres(data, { onLog: (line) => void log.push(line) }), log }
}

async function checkAndStop(test: Test, server: EmbeddedPostgres): Promise<void> {
  test.same(await execute(server.connection, 'select value from kept'), [{ value: 7 }])
  await server.stop()
}

/** A server as a killed process would leave it on a system that does not end children with their parents. */
async function startOrphan(test: Test, data: string): Promise<{ readonly pid: number; readonly ended: Promise<unknown> }> {
  const binaries = await findBinaries()
  const launch = await findLaunch(binaries, [data])
  const prefix = launch.prefix.filter((word) => word !== '--pdeathsig' && word !== 'INT')
  const args = ['-D', data, '-p', '5432', '-c', 'listen_addresses=', '-c', `unix_socket_directories=${data}`]
  const [program, ...rest] = [...prefix, binaries.postgres, ...args]
  const child = spawn(program, rest, { ...launch.spawn, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  test.teardown(() => {
    child.kill('SIGINT')
    return ended
  })
  for await (const line of createInterface({ input: child.stderr })) if (line.includes('ready to accept connections')) break
  child.stderr.resume()
  return { pid: child.pid as number, ended }
}

interface Running {
  readonly child: ChildProcess
  /** The first line that it wrote. */
  readonly said: string
}

function holdLock(test: Test, folder: string): Promise<Running> {
  return runScript(test, 'lock', folder)
}

const SCRIPTS = {
  lock: `lockFolder(folder, { url: 'http://holder' }).then(() => 'locked', (error) => error.message)`,
  embedded: `startEmbeddedPostgres(folder, { onLog() {} }).then(({ pid, connection }) => JSON.stringify({ pid, sockets: connection.host }))`,
}

/** A process of its own that does one thing, says so in a line, and stays until it is killed. */
async function runScript(test: Test, name: keyof typeof SCRIPTS, folder: string): Promise<Running> {
  const door = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'catalog', 'catalog.js')
  const script = `
    const { lockFolder, startEmbeddedPostgres } = await import(${JSON.stringify(door)})
    const folder = ${JSON.stringify(folder)}
    console.log(await ${SCRIPTS[name]})
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  test.teardown(() => kill(child))
  for await (const line of createInterface({ input: child.stdout })) return { child, said: line }
  throw new Error(`the ${name} process ended without a word`)
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
