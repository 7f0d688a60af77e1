"""Pre-initializes WebAssembly modules: `wizer_module` runs `wizer --deterministic`, in a worker where Bazel may use one."""

def _path(ctx, directory):
    return "/".join([part for part in [ctx.label.workspace_root, ctx.label.package, directory] if part])

def _wizer_module_impl(ctx):
    output = ctx.actions.declare_file(ctx.attr.out or ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    args.add("--deterministic")
    args.add("-o", output)
    if ctx.attr.init_func:
        args.add(ctx.attr.init_func, format = "--init-func=%s")
    if ctx.attr.allow_wasi:
        args.add("--allow-wasi")
    for guest, directory in ctx.attr.mapdirs.items():
        args.add("--mapdir=%s::%s" % (guest, _path(ctx, directory)))
    for module, name in ctx.attr.preloads.items():
        args.add(module.files.to_list()[0], format = "--preload=%s=%%s" % name)
    args.add_all(ctx.attr.options)
    args.add("--")
    args.add(ctx.file.src)
    requirements = {
        "requires-worker-protocol": "proto",
        "supports-multiplex-workers": "1",
        "supports-worker-cancellation": "1",
        "supports-workers": "1",
    }

    # Bazel makes a sandbox of symbolic links, and none leads out of a directory that a module may read.
    if ctx.attr.mapdirs:
        requirements["no-sandbox"] = "1"
    else:
        requirements["supports-multiplex-sandboxing"] = "1"
    ctx.actions.run(
        executable = ctx.executable.wizer,
        arguments = [args],
        inputs = depset(
            [ctx.file.src] + ctx.files.data,
            transitive = [module.files for module in ctx.attr.preloads],
        ),
        outputs = [output],
        mnemonic = "Wizer",
        progress_message = "Pre-initializing %s" % ctx.file.src.short_path,
        execution_requirements = requirements,
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

wizer_module = rule(
    implementation = _wizer_module_impl,
    attrs = {
        "allow_wasi": attr.bool(doc = "Provide WASI while the module is initialized."),
        "data": attr.label_list(allow_files = True, doc = "Files that the module reads."),
        "init_func": attr.string(doc = "The function that initializes it; `wizer-initialize` by default."),
        "mapdirs": attr.string_dict(doc = "What directories are called for the module, and where they are in this package."),
        "options": attr.string_list(doc = "Other arguments of the command, one each."),
        "out": attr.string(doc = "The new module's file; NAME.wasm by default."),
        "preloads": attr.label_keyed_string_dict(allow_files = True, doc = "Modules that it imports from, and their names."),
        "src": attr.label(allow_single_file = True, mandatory = True, doc = "The module, binary or text."),
        "wizer": attr.label(
            allow_single_file = True,
            cfg = "exec" if hasattr(config, "exec") else "host",
            default = Label("//wizer"),
            doc = "The command: one file, as tools/publish-native makes it, or a script that finds it.",
            executable = True,
        ),
    },
    doc = "A WebAssembly module that starts out where its initialization function left it.",
)
