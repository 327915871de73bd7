import { maxNodeScore, type ScorePlugin } from '../framework.ts'

const mebibyte = 1024 * 1024
/** Sums of sizes between which the score grows. Source: framework/plugins/imagelocality/image_locality.go. */
const threshold = { min: 23 * mebibyte, max: 1000 * mebibyte } as const

/** Nodes that have the images are good, the more so when many nodes have them. */
export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  prepare({ pod }, view) {
    if (view.images.size === 0) return undefined
    const images = pod.spec.containers.map(({ image = '' }) => view.images.get(normalizedImageName(image)))
    if (images.every((image) => image === undefined)) return undefined
    const total = view.nodes().length
    return {
      score({ name }) {
        let sum = 0
        for (const image of images) {
          if (image?.nodes.has(name)) sum += Math.trunc(image.size * (image.nodes.size / total))
        }
        const clamped = Math.min(Math.max(sum, threshold.min), threshold.max)
        return Math.trunc((maxNodeScore * (clamped - threshold.min)) / (threshold.max - threshold.min))
      },
    }
  },
}

/** `redis` is `redis:latest`, as kubelets report it. */
function normalizedImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name
}
