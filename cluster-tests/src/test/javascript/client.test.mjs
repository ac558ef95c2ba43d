import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { PassThrough, Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';
import { Tunnel } from './tunnel.mjs';

const NAMESPACE = 'javascript';
const SOON_MILLIS = 30_000;

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);

before(() => core.createNamespace({ body: { metadata: { name: NAMESPACE } } }));

/** Waits until the assertion holds; fails with its own last failure. */
async function eventually(assertion) {
    const deadline = Date.now() + SOON_MILLIS;
    for (;;) {
        try {
            return await assertion();
        } catch (failure) {
            if (Date.now() > deadline) {
                throw failure;
            }
            await sleep(100);
        }
    }
}

/** A stream that remembers what was written to it. */
function sink() {
    const chunks = [];
    const stream = new Writable({
        write(chunk, encoding, done) {
            chunks.push(chunk);
            done();
        },
    });
    stream.text = () => Buffer.concat(chunks).toString();
    return stream;
}

function map(name, colour, metadata = {}) {
    return {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: NAMESPACE, ...metadata },
        data: { colour },
    };
}

const shown = (object) => `${object.metadata.name} ${object.data.colour}`;

const create = (name, colour, labels) =>
    core.createNamespacedConfigMap({ namespace: NAMESPACE, body: map(name, colour, { labels }) });

const merge = (name, colour) =>
    core.patchNamespacedConfigMap(
        { name, namespace: NAMESPACE, body: { data: { colour } } },
        k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
    );

const remove = (name) => core.deleteNamespacedConfigMap({ name, namespace: NAMESPACE });

function kvorum(...words) {
    execFileSync(process.env.KVORUM, words, { stdio: 'pipe', timeout: 60_000 });
}

test('an informer misses nothing', async () => {
    const labels = { flow: 'informer' };
    const tunnel = new Tunnel(config.getCurrentCluster().server);
    await tunnel.restore();
    const far = new k8s.KubeConfig();
    far.loadFromDefault();
    far.clusters = far.clusters.map((cluster) => ({ ...cluster, server: `https://127.0.0.1:${tunnel.port}` }));
    const farCore = far.makeApiClient(k8s.CoreV1Api);
    const informer = k8s.makeInformer(
        far,
        `/api/v1/namespaces/${NAMESPACE}/configmaps`,
        () => farCore.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'flow=informer' }),
        'flow=informer',
    );
    let seen = [];
    let stopped = false;
    informer.on('add', (object) => seen.push(`added ${shown(object)}`));
    informer.on('update', (object) => seen.push(`updated ${shown(object)}`));
    informer.on('delete', (object) => seen.push(`deleted ${shown(object)}`));
    // The library leaves it to the program when to try again.
    const start = () => !stopped && informer.start().catch(again);
    const again = () => setTimeout(start, 200);
    informer.on('error', again);
    try {
        await start();
        await create('a', 'red', labels);
        await create('b', 'red', labels);
        await eventually(() => assert.deepEqual(seen, ['added a red', 'added b red']));

        await tunnel.cut();
        await merge('a', 'blue');
        await tunnel.restore();
        await eventually(() => assert.deepEqual(seen, ['added a red', 'added b red', 'updated a blue']));

        seen = [];
        await tunnel.cut();
        await merge('a', 'green');
        await remove('b');
        await create('c', 'green', labels);
        kvorum('store', 'compact');
        kvorum('restart', 'apiserver-0');
        await tunnel.restore();
        await eventually(() =>
            assert.deepEqual([...seen].sort(), ['added c green', 'deleted b red', 'updated a green']),
        );

        await merge('c', 'blue');
        await eventually(() => assert.ok(seen.includes('updated c blue')));
        assert.deepEqual(informer.list(NAMESPACE).map(shown).sort(), ['a green', 'c blue']);
    } finally {
        stopped = true;
        await informer.stop();
        await tunnel.cut();
    }
});

test('a watch tells each change', async () => {
    const seen = [];
    const { metadata } = await core.listNamespacedConfigMap({ namespace: NAMESPACE });
    let ended;
    const end = new Promise((resolve) => (ended = resolve));
    const request = await new k8s.Watch(config).watch(
        `/api/v1/namespaces/${NAMESPACE}/configmaps`,
        { resourceVersion: metadata.resourceVersion, allowWatchBookmarks: true, fieldSelector: 'metadata.name=watched' },
        (type, object) => seen.push(`${type} ${shown(object)}`),
        ended,
    );
    await create('watched', 'red');
    await merge('watched', 'blue');
    await remove('watched');
    await eventually(() =>
        assert.deepEqual(seen, ['ADDED watched red', 'MODIFIED watched blue', 'DELETED watched blue']),
    );
    request.abort();
    await end;
});

test('patches of all kinds', async () => {
    const patch = (body, type) =>
        core.patchNamespacedConfigMap(
            { name: 'patched', namespace: NAMESPACE, body },
            k8s.setHeaderOptions('Content-Type', type),
        );
    await create('patched', 'red');
    await patch([{ op: 'replace', path: '/data/colour', value: 'blue' }], k8s.PatchStrategy.JsonPatch);
    await patch({ data: { size: 'large' } }, k8s.PatchStrategy.MergePatch);
    const patched = await patch({ metadata: { labels: { a: 'b' } } }, k8s.PatchStrategy.StrategicMergePatch);
    assert.deepEqual(patched.data, { colour: 'blue', size: 'large' });
    assert.deepEqual(patched.metadata.labels, { a: 'b' });

    const objects = k8s.KubernetesObjectApi.makeApiClient(config);
    const read = await objects.read({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched', namespace: NAMESPACE } });
    assert.equal(read.data.size, 'large');
});

test('server-side apply knows who owns what', async () => {
    const apply = (fieldManager, colour, force) =>
        core.patchNamespacedConfigMap(
            { name: 'applied', namespace: NAMESPACE, body: map('applied', colour), fieldManager, force },
            k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.ServerSideApply),
        );
    await apply('one', 'red');
    await assert.rejects(apply('two', 'blue'), (refused) => {
        assert.equal(refused.code, 409);
        assert.match(JSON.parse(refused.body).message, /conflict with "one": \.data\.colour/);
        return true;
    });
    const forced = await apply('two', 'blue', true);
    assert.deepEqual(forced.data, { colour: 'blue' });
    assert.deepEqual(
        forced.metadata.managedFields.map((entry) => `${entry.manager} ${entry.operation}`),
        ['two Apply'],
    );
});

test('exec keeps streams apart', async () => {
    const out = sink();
    const err = sink();
    const input = new PassThrough();
    let socket;
    const status = await new Promise((resolve, reject) => {
        new k8s.Exec(config)
            .exec(
                'default',
                'box',
                'box',
                ['sh', '-c', 'read line; echo out $line; echo err >&2; exit 5'],
                out,
                err,
                input,
                false,
                resolve,
            )
            .then((opened) => {
                socket = opened;
                input.write('typed\n');
            }, reject);
    });
    assert.equal(status.status, 'Failure');
    assert.equal(status.reason, 'NonZeroExitCode');
    assert.equal(status.details.causes.find((cause) => cause.reason === 'ExitCode').message, '5');
    assert.equal(out.text(), 'out typed\n');
    assert.equal(err.text(), 'err\n');
    socket.close();
});

test('port-forward reaches the pod', async () => {
    const out = sink();
    const err = sink();
    const input = new PassThrough();
    const socket = await new k8s.PortForward(config).portForward('default', 'web', [80], out, err, input);
    input.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
    await eventually(() => {
        assert.match(out.text(), /^HTTP\/1\.1 200 OK\r\n/);
        assert.match(out.text(), /Welcome to nginx!/);
    });
    assert.equal(err.text(), '');
    socket.close();
});

test('logs are followed', async () => {
    const out = sink();
    const request = await new k8s.Log(config).log('default', 'box', 'box', out, { follow: true, tailLines: 1 });
    await eventually(() => assert.equal(out.text(), 'logged\n'));
    // Ending it is an error of the stream underneath, which the library hands to nobody.
    process.once('uncaughtException', (failure) => assert.equal(failure.name, 'AbortError'));
    request.abort();
});

after(() => core.deleteNamespace({ name: NAMESPACE }));
