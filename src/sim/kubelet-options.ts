import * as z from 'zod'
import { parseQuantity, quantityValue } from '../api/quantity.ts'
import type { KubeletConfiguration } from '../node/kubelet/configuration.ts'
import type { EvictionSignal } from '../node/kubelet/eviction/thresholds.ts'
import { complain } from './input/complaints.ts'
import { anyDuration, type Duration, millisecondsOf, someText } from './input/formats.ts'
import { wordsOf } from './input/walk.ts'
import { words } from './input/words.ts'

/**
 * Fields of KubeletConfiguration that a kubelet can be given, under their real names, with the bounds that a real kubelet
 * sets. Source: k8s.io/kubelet/config/v1beta1/types.go; pkg/kubelet/apis/config/validation/validation.go.
 */
function kubeletShape(duration: z.ZodType<Duration>) {
  const period = duration
    .refine((given) => millisecondsOf(given) > 0)
    .register(words, {
      ...words.get(duration),
      expected: 'a duration of more than nothing, such as 90s',
      code: 'BAD_DURATION',
    })
  const rate = z.int().min(0)
  const amounts = bySignal(amount)
  return {
    configMapAndSecretChangeDetectionStrategy: z
      .enum(['Watch', 'Cache', 'Get'])
      .optional()
      .meta({ description: 'How the kubelet learns of changed Secrets; Watch unless given (U2)' }),
    syncFrequency: period.optional().meta({ description: 'Time between syncs of a Pod; 1m unless given' }),
    fileCheckFrequency: period.optional().meta({ description: 'Between looks at the directory of static Pods; 20s' }),
    httpCheckFrequency: period.optional().meta({ description: 'Between looks at the URL of static Pods; 20s' }),
    nodeStatusUpdateFrequency: period
      .optional()
      .meta({ description: 'How often the node looks at its own status; 10s' }),
    nodeStatusReportFrequency: period
      .optional()
      .meta({ description: 'How often it reports one that has not changed; 5m' }),
    nodeLeaseDurationSeconds: z.int().min(1).optional().meta({ description: 'Of the Lease of the node; 40' }),
    kubeAPIQPS: rate
      .optional()
      .meta({ description: 'Requests a second to the API server; 5, from v1.27 on 50; 0 is that of client-go, 5' }),
    kubeAPIBurst: rate.optional().meta({ description: 'Requests at once; 10, from v1.27 on 100' }),
    eventRecordQPS: rate
      .optional()
      .meta({ description: 'Events a second; 5, from v1.27 on 50; 0 is that of client-go, 5' }),
    eventBurst: rate.optional().meta({ description: 'Events at once; 10, from v1.27 on 100' }),
    registryPullQPS: rate.optional().meta({ description: 'Pulls a second; 5' }),
    registryBurst: rate.optional().meta({ description: 'Pulls at once; 10' }),
    serializeImagePulls: z.boolean().optional().meta({ description: 'One pull after the other; true unless given' }),
    maxParallelImagePulls: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'How many pulls at once when they are not serialized' }),
    runtimeRequestTimeout: period.optional().meta({ description: 'For requests to the container runtime; 2m' }),
    evictionPressureTransitionPeriod: period
      .optional()
      .meta({ description: 'How long a pressure is told after it was seen last; 5m' }),
    evictionHard: amounts.optional().meta({
      description:
        'Less than this of what a node has is too little, as amount or share; memory.available: 100Mi, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15%; what is given takes the place of all of these',
    }),
    evictionSoft: amounts.optional().meta({ description: 'The same for shortages that may last for a while; none' }),
    evictionSoftGracePeriod: bySignal(duration)
      .optional()
      .meta({ description: 'How long they may last before Pods are evicted' }),
    evictionMaxPodGracePeriod: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'Seconds that Pods have to end when they are evicted for evictionSoft; 0' }),
    evictionMinimumReclaim: amounts
      .optional()
      .meta({ description: 'So much more than the threshold has to be there again before evictions end; none' }),
    volumeStatsAggPeriod: period.optional().meta({
      description: 'Volumes are measured each one to two times this, for sizeLimit and ephemeral-storage; 1m',
    }),
    maxPods: z.int().min(0).optional().meta({ description: 'Pods that the node takes; 110' }),
  } satisfies Partial<Record<keyof KubeletConfiguration, z.ZodType>>
}

/** An amount, or a share of what there is. Source: pkg/kubelet/eviction/helpers.go, parseThresholdStatement. */
const amount = someText
  .refine((given) =>
    given.endsWith('%')
      ? /^\d+(\.\d+)?%$/.test(given) && Number(given.slice(0, -1)) <= 100
      : parseQuantity(given).ok && quantityValue(given) > 0,
  )
  .register(words, { expected: 'an amount such as 100Mi, or a share such as 10%' })

/** A value for each signal of evictions, or for some. */
function bySignal<T>(value: z.ZodType<T>) {
  return z.strictObject({
    'memory.available': value.optional(),
    'nodefs.available': value.optional(),
    'nodefs.inodesFree': value.optional(),
    'imagefs.available': value.optional(),
    'imagefs.inodesFree': value.optional(),
  } satisfies Readonly<Record<EvictionSignal, unknown>>)
}

/** The KubeletConfiguration of a cluster or a node. */
export function kubeletSchema(duration: z.ZodType<Duration>) {
  return z.strictObject(kubeletShape(duration)).superRefine((given, context) => {
    const { serializeImagePulls, maxParallelImagePulls = 1 } = given
    // Source: validation.go, ValidateKubeletConfiguration: larger than 1 only if SerializeImagePulls is false.
    if (serializeImagePulls === true && maxParallelImagePulls > 1)
      complain(context, ['maxParallelImagePulls'], {
        message: 'maxParallelImagePulls cannot be larger than 1 unless serializeImagePulls is false',
      })
    // Source: pkg/kubelet/eviction/helpers.go, ParseThresholdConfig.
    const { evictionSoft = {}, evictionSoftGracePeriod = {} } = given
    for (const signal of Object.keys(evictionSoft))
      if (!Object.hasOwn(evictionSoftGracePeriod, signal))
        complain(context, ['evictionSoft'], {
          message: `grace period must be specified for the soft eviction threshold ${signal}`,
        })
  })
}

/** Fields whose values are durations: texts outside, milliseconds within. */
export const kubeletDurations: ReadonlySet<string> = new Set(
  Object.entries(kubeletShape(anyDuration)).flatMap(([field, schema]) =>
    wordsOf(schema)?.code === 'BAD_DURATION' ? [field] : [],
  ),
)
