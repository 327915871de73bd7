import { equalJson, isObject } from '../../../api/json.ts'
import type { ControllerRevision, PodTemplate } from '../../../api/types/workloads.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { defaultTemplate, validateTemplate } from '../../../api/validation/workload-validation.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import { errorsOf } from './settings.ts'
import { controllerRevisionColumns, podTemplateColumns } from './workload-columns.ts'
import { ageCell, containerCells, labelsCell } from './workload-rows.ts'

/** Templates as objects of their own, and the history of workloads. Source: pkg/registry/core/podtemplate, pkg/registry/apps/controllerrevision. */

export const podTemplateStrategy: Strategy<PodTemplate> = {
  resource: { group: '', version: 'v1', resource: 'podtemplates' },
  kind: 'PodTemplate',
  namespaced: true,
  returnsDeletedObject: true,
  countsGeneration: apiServer.jobsHaveGenerations.since,
  defaults: (object) => ({ ...object, template: defaultTemplate(object.template) }),
  validate: (object, context) => errorsOf(context, (v) => validateTemplate(v, 'template', object.template ?? {})),
  validateUpdate: (next, _old, context) =>
    errorsOf(context, (v) => validateTemplate(v, 'template', next.template ?? {})),
  table: {
    columns: podTemplateColumns,
    row: ({ metadata, template }) => [
      metadata.name,
      ...containerCells(template?.spec?.containers),
      labelsCell(template?.metadata?.labels),
    ],
  },
}

function validateRevision(v: Validator, { data, revision = 0 }: ControllerRevision, isNew: boolean): void {
  const isMissing = data === undefined || data === null
  if (isMissing) v.required('data', 'data is mandatory')
  else if (isNew && !isObject(data) && has(v.minor, apiServer.revisionsAreObjects)) {
    v.required('data', 'data must be a valid JSON object')
  }
  v.nonNegative('revision', revision)
}

export const controllerRevisionStrategy: Strategy<ControllerRevision> = {
  resource: { group: 'apps', version: 'v1', resource: 'controllerrevisions' },
  kind: 'ControllerRevision',
  namespaced: true,
  defaults: (object) => ({ ...object, revision: object.revision ?? 0 }),
  validate: (object, context) => errorsOf(context, (v) => validateRevision(v, object, true)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateRevision(v, next, false)
      if (!equalJson(next.data, old.data)) v.invalidGo('data', 'runtime.RawExtension{}', 'field is immutable')
    }),
  table: {
    columns: controllerRevisionColumns,
    row: (object, context) => {
      const owner = (object.metadata.ownerReferences ?? []).find(({ controller }) => controller === true)
      const group = owner?.apiVersion.includes('/') === true ? `.${owner.apiVersion.split('/', 1)[0]}` : ''
      const controller = owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`
      return [object.metadata.name, controller, object.revision ?? 0, ageCell(object, context)]
    },
  },
}
