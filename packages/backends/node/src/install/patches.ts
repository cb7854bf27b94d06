import { installFailure } from './failure.js';

/** A change of the binding's source. */
interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What is changed in TensorFlow.js's C++ sources: few lines, each of which must be found. */
const patches: readonly Patch[] = [
  { file: 'tfjs_backend.h', find: ' private:\n', replace: ' public:\n' },
  {
    // One set for all threads, without a lock: worker threads would write it at once.
    file: 'tfjs_backend.cc',
    find: 'static std::set<std::string> ATTR_NAME_SET;',
    replace: 'static thread_local std::set<std::string> ATTR_NAME_SET;',
  },
  {
    file: 'tfjs_backend.cc',
    find: 'TFE_ContextOptions *tfe_options = TFE_NewContextOptions();',
    replace:
      'TFE_ContextOptions *tfe_options = TFE_NewContextOptions();\n  equipoise::ConfigureContext(env, tfe_options);',
  },
  {
    file: 'tfjs_backend.cc',
    find: 'TF_AutoTensor tensor(TF_NewTensor(dtype, shape, shape_length, array_data,',
    replace: 'TF_AutoTensor tensor(equipoise::CopyTensor(dtype, shape, shape_length, array_data,',
  },
  {
    file: 'tfjs_binding.cc',
    find: '#undef EXPORT_INT_PROPERTY',
    replace: '#undef EXPORT_INT_PROPERTY\n  equipoise::Extend(env, exports, backend);',
  },
];

/** Applies the changes to one of the binding's files. */
export function patched(file: string, text: string, version: string): string {
  return patches
    .filter((patch) => patch.file === file)
    .reduce((changed, { find, replace }) => {
      if (changed.split(find).length === 2) return changed.replace(find, () => replace);
      throw installFailure(
        'sources',
        `The sources of @tensorflow/tfjs-node ${version} are not those that this version of Equipoise knows: ${file} lacks "${find.trim()}".`,
        { file, version },
      );
    }, text);
}
