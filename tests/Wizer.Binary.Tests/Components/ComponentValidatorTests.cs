using System.Globalization;
using Wizer.Binary.Components;
using Xunit;
using static Wizer.Binary.Tests.Components.ComponentBytes;

namespace Wizer.Binary.Tests.Components;

/// <summary>
/// A row for each rule: sections, as their id and contents, and what is wrong with the last of them. The official scripts, which
/// another project runs, have many more.
/// </summary>
public sealed class ComponentValidatorTests
{
    // The core module of the samples, an instance of it, and what it exports: functions f, d, r, u and c, a table and a memory.
    private const string Core = "core; 2: 01 00 00 00; 6: 07 00 00 01 00 01 'f' 00 00 01 00 01 'd' 00 00 01 00 01 'r' 00 00 01 00 01 'u' "
        + "00 00 01 00 01 'c' 00 01 01 00 01 't' 00 02 01 00 01 'm'; ";

    private const string Func = "7: 01 40 00 01 00; ";
    private const string ImportedFunc = Func + "10: 01 00 01 'f' 01 00; ";
    private const string Resource = "7: 01 3f 7f 00; ";

    public static TheoryData<string, string?> Rules => new()
    {
        // Index spaces.
        { "7: 01 70 05", "unknown type 5: type index out of bounds" },
        { "2: 01 00 00 00", "unknown module 0: module index out of bounds" },
        { "core; 2: 01 00 00 01 01 'a' 12 00", "unknown core instance 0: instance index out of bounds" },
        { "2: 01 01 01 01 'a' 00 00", "unknown core function 0: function index out of bounds" },
        { "2: 01 01 01 01 'a' 04 00", "unknown tag 0: tag index out of bounds" },
        { "5: 01 00 00 00", "unknown component 0: component index out of bounds" },
        { "5: 01 01 01 00 01 'a' 01 00", "unknown function 0: function index out of bounds" },
        { "6: 01 01 00 00 01 'a'", "unknown instance 0: instance index out of bounds" },
        { "11: 01 00 01 'a' 02 00 00", "unknown value 0: value index out of bounds" },

        // Core types and instances.
        { "3: 01 60 01 64 05 00", "unknown type 5: type index out of bounds" },
        { "3: 02 60 00 00 50 02 03 01 'e' 00 00 01 60 00 00", "unknown type 0: type index out of bounds" },
        { "3: 01 50 03 01 60 00 00 03 01 'e' 00 00 03 01 'e' 00 00", "export name `e` already defined" },
        { "3: 01 50 03 01 60 00 00 00 01 'a' 01 'b' 00 00 00 01 'a' 01 'b' 00 00", "duplicate import name `a:b` already defined" },
        { "3: 01 50 01 03 01 'e' 02 00 f0 a2 04", "memory size must be at most 65536 pages (4GiB)" },
        { "3: 01 50 02 01 60 00 01 7f 03 01 'e' 04 00 00", "non-empty tag result type" },
        { "3: 01 50 02 01 5f 00 03 01 'e' 00 00", "core type index 0 is not a function type" },
        { "3: 02 50 00 50 01 02 10 01 01 00", "outer aliases of module types are not allowed in module types" },
        { "3: 01 50 01 02 10 01 05 00", "invalid outer alias count of 5" },
        { "3: 02 50 00 60 01 64 00 00", "core type index 0 is a module type" },
        { "3: 02 60 00 00 4f 01 00 60 00 00", "sub type does not match super type" },
        { "3: 01 00 50 01 00 60 00 00", "unknown type: a super type is defined later" },
        { "1: 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 02 0b 02 00 01 'a' 00 00 00 01 'a' 00 00", "duplicate import name `:a` already defined" },
        { "importer; 2: 01 00 00 00", "missing module instantiation argument named `a`" },
        { "importer; 2: 02 01 00 00 00 01 01 'a' 12 00", "module instantiation argument `a` does not export an item named `f`" },
        { "importer; 2: 02 01 00 00 00 02 01 'a' 12 00 01 'a' 12 00", "duplicate module instantiation argument named `a`" },
        { Core + "importer; 2: 02 01 01 01 'f' 00 01 00 01 01 01 'a' 12 01",
            "type mismatch for export `f` of module instantiation argument `a`: expected: (func), found: (func (param i32))" },
        { Core + "importer; 2: 02 01 01 01 'f' 02 00 00 01 01 01 'a' 12 01",
            "type mismatch for export `f` of module instantiation argument `a`: expected func, found memory" },
        { Core + "2: 01 01 02 01 'a' 00 00 01 'a' 00 00", "export name `a` already defined" },
        { Core + "6: 01 00 00 01 00 01 'x'", "core instance 0 has no export named `x`" },
        { Core + "6: 01 00 04 01 00 01 'f'", "export `f` for core instance 0 is not a tag" },

        // Value types.
        { "7: 01 72 00", "record type must have at least one field" },
        { "7: 01 71 00", "variant type must have at least one case" },
        { "7: 01 6f 00", "tuple type must have at least one type" },
        { "7: 01 6e 00", "flags must have at least one entry" },
        { "7: 01 6d 00", "enum type must have at least one variant" },
        { "7: 01 67 79 00", "fixed-length lists must have at least one element" },
        { "7: 01 67 7d 80 80 80 80 01", "exceeds maximum byte size: 268435456, at most 268435455 are allowed" },
        { "7: 01 67 73 80 80 80 08", "exceeds maximum byte size: 268435456, at most 268435455 are allowed" },
        { "7: 01 72 02 01 'a' 79 01 'A' 79", "record field name `A` conflicts with previous field name `a`" },
        { "7: 01 71 01 02 'aB' 00 00", "variant case name `aB` is not in kebab case" },
        { "7: 01 6d 01 00", "enum tag name cannot be empty" },
        { "7: 01 6e 02 01 'a' 01 'a'", "flag name `a` conflicts with previous flag name `a`" },
        { "7: 01 63 76 79", "invalid map key type: it must be an integer, `bool`, `char` or `string`" },
        { "7: 01 66 01 74", "`stream<char>` is not valid at this time" },
        { Resource + "7: 02 68 00 66 01 01", "stream element cannot contain a `borrow` type" },
        { Resource + "7: 02 68 00 65 01 01", "future element cannot contain a `borrow` type" },
        { Func + "7: 01 6b 00", "type index 0 is not a defined type" },
        { "7: 02 73 69 00", "type index 0 is not a resource type" },
        { "7: 01 3f 7e 00", "resources can only be represented by `i32`, not `i64`" },
        { Core + "7: 01 3f 7f 01 00", "core function 0 has wrong signature for a destructor" },

        // Functions, components and instances as types.
        { "7: 01 40 02 01 'a' 79 01 'A' 79 01 00", "function parameter name `A` conflicts with previous parameter name `a`" },
        { Resource + "7: 02 68 00 40 00 00 01", "function result cannot contain a `borrow` type" },
        { "7: 01 42 01 01 3f 7f 00", "resources can only be defined within a concrete component" },
        { "7: 01 42 02 04 00 01 'a' 03 01 04 00 01 'A' 03 01", "export name `A` conflicts with previous name `a`" },
        { "4: 00 61 73 6d 0d 00 01 00; 7: 01 41 01 02 04 02 01 00", "aliases in component and instance types may only refer to types or instances" },
        { "7: 02 73 42 01 04 00 01 'a' 01 00", "unknown type 0: type index out of bounds" },
        { "7: 01 73; 7: 01 42 02 02 03 02 01 00 04 00 01 'a' 01 00", "type index 0 is not a function type" },
        { "7: 01 73; 10: 01 00 01 'a' 05 00", "type index 0 is not an instance type" },
        { "7: 01 73; 10: 01 00 01 'a' 04 00", "type index 0 is not a component type" },
        { "3: 01 60 00 00; 10: 01 00 01 'a' 00 11 00", "core type index 0 is not a module type" },

        // Names.
        { Func + "10: 01 00 00 01 00", "import name `` is not a valid extern name: `` is not in kebab case" },
        { Func + "10: 01 00 05 'a:b/C' 01 00", null },
        { Func + "10: 01 00 05 'a:B/c' 01 00", "import name `a:B/c` is not a valid extern name: package name `B` is not lowercase" },
        { Func + "10: 01 00 07 'a:b/c@1' 01 00",
            "import name `a:b/c@1` is not a valid extern name: `1` is not a valid semver: unexpected end of input while parsing major version number" },
        { Func + "10: 01 02 07 'a:b/c@1' 01 01 04 '.2.3' 01 00", null },
        { Func + "10: 01 02 01 'a' 01 01 04 '.2.3' 01 00", "name `a` is not valid with `versionsuffix`" },
        { Func + "10: 01 00 0b '[unknown]ab' 01 00", "import name `[unknown]ab` is not a valid extern name: `[unknown]ab` has an unknown annotation" },
        { Func + "10: 01 00 09 '[method]a' 01 00", "import name `[method]a` is not a valid extern name: failed to find `.` character" },
        { Func + "10: 01 00 09 'url=<a.b>' 01 00", null },
        { Func + "10: 01 00 08 'url=<a.b' 01 00", "import name `url=<a.b` is not a valid extern name: failed to find `>` character" },
        { ImportedFunc + "11: 01 00 09 'url=<a.b>' 01 00 00", "export name `url=<a.b>` is not a valid extern name: only imports can have it" },
        { Func + "10: 01 00 12 'unlocked-dep=<a:b>' 01 00", null },
        { Func + "10: 01 00 14 'unlocked-dep=<a:b@*>' 01 00", null },
        { Func + "10: 01 00 16 'locked-dep=<a:b@1.2.3>' 01 00", null },
        { Func + "10: 01 00 0f 'locked-dep=<a:b' 01 00", "import name `locked-dep=<a:b` is not a valid extern name: failed to find `>` character" },
        { Func + "10: 01 00 17 'integrity=<sha256-YWI=>' 01 00", null },
        { Func + "10: 01 00 14 'integrity=<md5-YWI=>' 01 00", "import name `integrity=<md5-YWI=>` is not a valid extern name: unrecognized hash algorithm" },
        { Func + "10: 02 00 01 'a' 01 00 00 01 'A' 01 00", "import name `A` conflicts with previous name `a`" },
        { "7: 01 42 00; 10: 01 02 01 'i' 02 00 05 'a:b/x' 00 05 'a:b/y' 05 00", "duplicate 'implements' option in name" },
        { Func + "10: 01 02 01 'i' 01 00 05 'a:b/x' 01 00", "only instances can have an `implements`" },
        { "7: 01 42 00; 10: 01 02 05 'a:b/c' 01 00 05 'a:b/x' 05 00", "name `a:b/c` is not valid with `implements`" },
        { "7: 01 42 00; 10: 01 02 01 'i' 01 00 01 'x' 05 00", "`implements` value `x` must be an interface" },
        { Func + "10: 01 00 0e '[constructor]a' 01 00", "import name `[constructor]a` is not valid: function should return one value" },
        { Func + "10: 01 00 0b '[method]a.b' 01 00", "import name `[method]a.b` is not valid: function should have at least one argument" },
        { Func + "10: 01 00 0b '[static]a.b' 01 00", "import name `[static]a.b` is not valid: static resource name is not known in this context" },
        { "10: 01 00 01 'b' 03 01; 7: 02 69 00 40 00 00 01; 10: 01 00 0e '[constructor]a' 01 02",
            "import name `[constructor]a` is not valid: function does not match expected resource name `b`" },

        // Imports and exports.
        { ImportedFunc + "11: 02 00 01 'a' 01 00 00 00 01 'A' 01 00 00", "export name `A` conflicts with previous name `a`" },
        { "7: 02 72 01 01 'a' 79 40 00 00 00; 10: 01 00 01 'f' 01 01", "func not valid to be used as import" },
        { "7: 02 72 01 01 'a' 79 70 00; 11: 01 00 01 't' 03 01 00", "type not valid to be used as export" },
        { "7: 01 42 02 01 6d 01 01 'a' 04 00 01 'f' 02 01 00; 10: 01 00 01 'i' 05 00", "instance not valid to be used as import" },
        { ImportedFunc + "7: 01 40 01 01 'a' 79 01 00; 11: 01 00 01 'a' 01 00 01 01 01",
            "ascribed type of export is not compatible with item's type: expected 1 parameters, found 0" },
        { ImportedFunc + "7: 01 42 00; 11: 01 00 01 'a' 01 00 01 05 01",
            "ascribed type of export is not compatible with item's type: expected instance, found func" },

        // Aliases.
        { "6: 01 03 02 01 00", "invalid outer alias count of 1" },
        { "6: 01 03 02 00 00", "unknown type 0: type index out of bounds" },
        { "5: 01 01 00; 6: 01 01 00 00 01 'x'", "instance 0 has no export named `x`" },
        { ImportedFunc + "5: 01 01 01 00 01 'a' 01 00; 6: 01 03 00 00 01 'a'", "export `a` for instance 0 is not a type" },
        { Resource + "4: 00 61 73 6d 0d 00 01 00 06 05 01 03 02 01 00",
            "cannot alias outer type which transitively refers to resources not defined in the current component" },

        // Instances.
        { "needs-func; 5: 01 00 00 00", "missing import named `x`" },
        { "needs-func; 7: 01 73; 5: 01 00 00 01 01 'x' 03 00", "type mismatch for import `x`: expected func, found type" },
        { "needs-func; 7: 01 40 00 00 79; 10: 01 00 01 'f' 01 00; 5: 01 00 00 01 01 'x' 01 00",
            "type mismatch for import `x`: expected a result, found none" },
        { "needs-func; 7: 01 43 00 01 00; 10: 01 00 01 'f' 01 00; 5: 01 00 00 01 01 'x' 01 00",
            "type mismatch for import `x`: expected sync function, found async function" },
        { "needs-func; " + ImportedFunc + "5: 01 00 00 02 01 'x' 01 00 01 'x' 01 00",
            "instantiation argument `x` conflicts with previous argument `x`" },
        { ImportedFunc + "5: 01 01 02 00 01 'a' 01 00 00 01 'a' 01 00", "export name `a` conflicts with previous name `a`" },

        // Canonical definitions.
        { Core + Func + "8: 01 00 00 05 00 00", "unknown core function 5: function index out of bounds" },
        { Core + "7: 01 73; 8: 01 00 00 00 00 00", "type index 0 is not a function type" },
        { Core + Func + "8: 01 00 00 01 00 00", "lowered parameter types `[]` do not match parameter types `[I32]` of core function 1" },
        { Core + Func + "8: 01 00 00 03 00 00", "lowered result types `[]` do not match result types `[I32]` of core function 3" },
        { Core + Func + "8: 01 00 00 00 02 00 01 00", "canonical encoding option `utf8` conflicts with option `utf16`" },
        { Core + Func + "8: 01 00 00 00 02 03 00 03 00 00", "canonical option `memory` is specified more than once" },
        { Core + Func + "8: 01 00 00 00 02 06 06 00", "canonical option `async` is specified more than once" },
        { Core + Func + "8: 01 00 00 00 01 03 01 00", "unknown memory 1: memory index out of bounds" },
        { Core + Func + "8: 01 00 00 00 01 04 02 00", "canonical option `realloc` requires `memory` to also be specified" },
        { Core + Func + "8: 01 00 00 00 02 03 00 04 00 00", "canonical option `realloc` uses a core function with an incorrect signature" },
        { Core + Func + "8: 01 00 00 00 01 05 01 00", "canonical option `post-return` uses a core function with an incorrect signature" },
        { Core + Func + "8: 01 00 00 00 01 06 00", "the `async` canonical option requires an async function type" },
        { Core + "7: 01 43 00 01 00; 8: 01 00 00 00 02 06 05 00 00", "canonical option `post-return` cannot be specified for async functions" },
        { Core + "7: 01 43 00 01 00; 8: 01 00 00 03 02 06 07 00 00", "canonical option `callback` uses a core function with an incorrect signature" },
        { Core + Func + "8: 01 00 00 00 01 07 04 00", "cannot specify callback without async" },
        { Core + "7: 02 70 7d 40 01 01 'p' 00 01 00; 8: 01 00 00 00 00 01", "canonical option `memory` is required" },
        { Core + "7: 02 70 7d 40 01 01 'p' 00 01 00; 8: 01 00 00 00 01 03 00 01", "canonical option `realloc` is required" },
        { Core + ImportedFunc + "8: 01 01 00 00 01 05 00", "canonical option `post-return` cannot be specified for lowerings" },
        { Core + ImportedFunc + "8: 01 01 00 00 01 07 04", "canonical option `callback` cannot be specified for lowerings" },
        { Core + ImportedFunc + "8: 01 01 00 00 01 06", "the `async` canonical option requires an async function type" },
        { "7: 01 40 00 00 73; 10: 01 00 01 'f' 01 00; 8: 01 01 00 00 00", "canonical option `memory` is required" },
        { "7: 01 73; 8: 01 03 00", "type index 0 is not a resource type" },
        { "10: 01 00 01 'r' 03 01; 8: 01 02 00", "resource type 0 is not a local resource" },
        { Resource + "7: 01 68 00; 8: 01 09 00 01 00", "function result cannot contain a `borrow` type" },
        { Core + "8: 01 09 00 73 02 03 00 04 02", "canonical option `realloc` cannot be specified for task.return" },
        { "8: 01 09 00 73 00", "canonical option `memory` is required" },
        { "8: 01 09 01 00 01 06", "canonical option `async` cannot be specified for task.return" },
        { "8: 01 0a 7d 00", "context slots are of type `i32` or `i64`, not `f32`" },
        { "8: 01 0a 7f 02", "unknown context slot 2: there are 2" },
        { "7: 01 73; 8: 01 0e 00", "type index 0 is not a stream type" },
        { "7: 01 66 01 7d; 8: 01 15 00", "type index 0 is not a future type" },
        { "7: 01 66 01 7d; 8: 01 0f 00 00", "canonical option `memory` is required" },
        { Core + "7: 01 66 01 73; 8: 01 0f 00 01 03 00", "canonical option `realloc` is required" },
        { "8: 01 1c 00", "canonical option `memory` is required" },
        { "8: 01 20 00 00", "unknown memory 0: memory index out of bounds" },
        { Core + "3: 01 60 00 00; 8: 01 27 00 00", "core type index 0 is not the type of a thread's function: (func (param i32))" },
        { "3: 01 60 01 7f 00; 8: 01 27 00 00", "unknown table 0: table index out of bounds" },
        { "8: 01 42 01", "shared functions are not supported" },

        // Values and start.
        { "12: 01 79 01 05", "value index 0 was not used as part of an instantiation, start function, or export" },
        { "12: 01 79 01 05; 11: 01 00 01 'v' 02 00 00", null },
        { "12: 01 79 01 05; 11: 02 00 01 'v' 02 00 00 00 01 'w' 02 00 00", "value 0 cannot be used more than once" },
        { "12: 01 7f 01 02", "no value of type `bool`" },
        { "12: 01 7f 02 01 01", "value size mismatch: unexpected data at the end of the value" },
        { "12: 01 7b 03 80 80 04", "no value of type `u16`" },
        { "12: 01 74 01 ff", "no value of type `char`" },
        { "12: 01 76 04 01 00 c0 7f", "no value of type `f32`" },
        { "7: 01 6e 01 01 'a'; 12: 01 00 01 02", "flags in a value that the type does not have" },
        { "7: 01 6d 01 01 'a'; 12: 01 00 01 01", "unknown case 1 in a value: the type has 1" },
        { "7: 01 70 7d; 12: 01 00 03 02 07 08; 11: 01 00 01 'v' 02 00 00", null },
        { ImportedFunc + "9: 00 00 00; 9: 00 00 00", "component cannot have more than one start function" },
        { ImportedFunc + "12: 01 79 01 05; 9: 00 01 00 00", "component start function requires 0 arguments but was given 1" },
        { ImportedFunc + "9: 00 00 01", "component start function has a result count of 1 but the function type has a result count of 0" },
        { "7: 01 40 01 01 'a' 73 01 00; 10: 01 00 01 'f' 01 00; 12: 01 79 01 05; 9: 00 01 00 00",
            "value type mismatch for component start function argument 0: expected primitive `string` found primitive `u32`" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Validate_SaysWhatIsWrong(string sections, string? expected)
    {
        Assert.Equal(expected, Check(Parse(sections)));
    }

    [Fact]
    public void Validate_AcceptsEverything()
    {
        ComponentInfo component = ComponentReader.Parse(Everything);
        ComponentValidationResult result = ComponentValidator.Validate(component);
        ModuleInfo module = ((CoreModuleDefinition)component.DefinitionOf(Sort.CoreModule, 0)).Module;
        Assert.True(result.ResultOf(module).Uses(Opcode.I32Const));
    }

    [Fact]
    public void Validate_TellsTheFilesOffset_OfWhatIsWrongInACoreModule()
    {
        // `i32.add` without operands, in a module in a component in a component.
        byte[] module =
        [
            .. Bytes("00 61 73 6d 01 00 00 00"), .. Section(1, "01 60 00 00"), .. Section(3, "01 00"), .. Section(10, "01 03 00 6a 0b"),
        ];
        byte[] component = Component(Section(4, Component(Section(1, module))));
        WasmValidationException e = Assert.Throws<WasmValidationException>(
            () => ComponentValidator.Validate(ComponentReader.Parse(component)));
        Assert.Equal(0x6a, component[(int)e.Offset]);
        Assert.StartsWith("type mismatch", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_GivesEachInstance_ResourcesOfItsOwn()
    {
        // The nested component defines and exports a resource; another wants the same one twice.
        byte[] definer = Component(Section(7, "01 3f 7f 00"), Section(11, "01 00 01 'r' 03 00 00"));
        byte[] comparer = Component(Section(10, "02 00 01 'a' 03 01 00 01 'b' 03 00 00"));
        byte[] Make(int second) => Component(
            Section(4, definer), Section(4, comparer), Section(5, "02 00 00 00 00 00 00"),
            Section(6, $"02 03 00 00 01 'r' 03 00 {second:x2} 01 'r'"),
            Section(5, "01 00 01 02 01 'a' 03 00 01 'b' 03 01"));
        Assert.Null(Check(Make(0)));
        Assert.Equal("type mismatch for import `b`: resource types are not the same", Check(Make(1)));
    }

    [Fact]
    public void Validate_ComparesComponents_TheOtherWayRoundForImports()
    {
        // What is given may import less and export more than what is expected.
        byte[] given = Component(Section(7, "01 40 00 01 00"), Section(10, "01 00 01 'f' 01 00"), Section(11, "02 00 01 'g' 01 00 00 00 01 'h' 01 00 00"));
        byte[] Taker(string declarations) => Component(Section(7, $"01 41 {declarations}"), Section(10, "01 00 01 'c' 04 00"));
        string? CheckWith(string declarations) =>
            Check(Component(Section(4, given), Section(4, Taker(declarations)), Section(5, "01 00 01 01 01 'c' 04 00")));
        Assert.Null(CheckWith("04 01 40 00 01 00 03 00 01 'f' 01 00 03 00 01 'x' 01 00 04 00 01 'g' 01 00"));
        Assert.Equal("type mismatch for import `c`: missing expected import `f`", CheckWith("02 01 40 00 01 00 04 00 01 'g' 01 00"));
        Assert.Equal(
            "type mismatch for import `c`: missing expected export `x`",
            CheckWith("03 01 40 00 01 00 03 00 01 'f' 01 00 04 00 01 'x' 01 00"));
    }

    [Theory]
    [InlineData("lower", "40 01 01 'p' 73 00 73", "7f 7f 7f", "", 2)]       // a string takes two values, a result of two a pointer
    [InlineData("lower", "40 00 00 79", "", "7f", 0)]
    [InlineData("lower", "40 01 01 'p' 77 00 75", "7e", "7c", 0)]
    [InlineData("async", "43 00 00 79", "7f", "7f", 1)]
    [InlineData("async", "43 05 01 'a' 79 01 'b' 79 01 'c' 79 01 'd' 79 01 'e' 79 01 00", "7f", "7f", 1)]
    public void Validate_FlattensLoweredFunctions(string kind, string type, string parameters, string results, int needs)
    {
        // The lowered function must be what a core module imports: of exactly this type.
        byte[] imports =
        [
            .. Bytes("00 61 73 6d 01 00 00 00"),
            .. Section(1, $"01 60 {Count(parameters):x2} {parameters} {Count(results):x2} {results}"), .. Section(2, "01 01 'a' 01 'f' 00 00"),
        ];
        string[] options = [.. needs > 0 ? ["03 00"] : Array.Empty<string>(), .. needs > 1 ? ["04 02"] : Array.Empty<string>(), .. kind == "async" ? ["06"] : Array.Empty<string>()];
        byte[] component =
        [
            .. Parse(Core + $"7: 01 {type}; 10: 01 00 01 'f' 01 00; 8: 01 01 00 00 {options.Length:x2} {string.Join(' ', options)}"),
            .. Section(1, imports), .. Section(2, "02 01 01 01 'f' 00 05 00 01 01 01 'a' 12 01"),
        ];
        Assert.Null(Check(component));
        static int Count(string types) => types.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, "type nesting is too deep: at most 100 levels are supported")]
    public void Validate_LimitsTheDepthOfTypes(int depth, string? expected)
    {
        byte[] types = [.. Enumerable.Range(0, depth).SelectMany<int, byte>(i => i == 0 ? [0x6b, 0x79] : [0x6b, .. Signed(i - 1)])];
        Assert.Equal(expected, Check(Component(Section(7, [.. ModuleBytes.Leb(depth), .. types]))));
    }

    [Fact]
    public void Validate_LimitsTheSizeOfTypes()
    {
        // Each is a tuple of two of the one before: a million after twenty.
        byte[] types = [.. Enumerable.Range(0, 30).SelectMany<int, byte>(i => i == 0 ? [0x6f, 2, 0x7d, 0x7d] : [0x6f, 2, .. Signed(i - 1), .. Signed(i - 1)])];
        Assert.Equal("effective type size exceeds the limit of 1000000", Check(Component(Section(7, [30, .. types]))));
    }

    [Fact]
    public void Validate_LimitsWhatTypesCost()
    {
        // Components with a thousand instances each, of which each has a type with a thousand parts of its own.
        byte[] fields = [.. Enumerable.Range(0, 1000).SelectMany<int, byte>(i => [5, .. $"a{i:0000}".Select(c => (byte)c), 2])];
        byte[] large = Component(
            Section(7, "01 3f 7f 00"), Section(11, "01 00 01 'r' 03 00 00"), Section(7, "01 69 01"),
            Section(7, [1, 0x72, .. ModuleBytes.Leb(1000), .. fields]), Section(11, "01 00 01 't' 03 03 00"));
        byte[] instances = Section(5, [.. ModuleBytes.Leb(1000), .. new byte[3000]]);
        byte[] user = Section(4, Component(Section(6, "01 04 02 01 00"), instances));
        Assert.Null(Check(Component(Section(4, large), user)));
        Assert.Equal(
            "the types of the component take too much work to check",
            Check(Component([Section(4, large), .. Enumerable.Repeat(user, 20)])));
    }

    [Fact]
    public void Validate_StopsWhenCancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => ComponentValidator.Validate(ComponentReader.Parse(Everything), cancellationToken: source.Token));
    }

    private static byte[] Signed(int value) => value < 64 ? [(byte)value] : [(byte)(value & 0x7f | 0x80), (byte)(value >> 7)];

    // Sections as "id: contents", and a few that several rows share.
    private static byte[] Parse(string text)
    {
        var sections = new List<byte[]>();
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            sections.Add(part switch
            {
                "core" => Section(1, CoreModule),
                "importer" => Section(1, [.. Bytes("00 61 73 6d 01 00 00 00"), .. Section(1, "01 60 00 00"), .. Section(2, "01 01 'a' 01 'f' 00 00")]),
                "needs-func" => Section(4, Component(Section(7, "01 40 00 01 00"), Section(10, "01 00 01 'x' 01 00"))),
                _ => Section(
                    byte.Parse(part[..part.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture),
                    part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..]),
            });
        }

        return Component([.. sections]);
    }

    /// <summary>The error without its place, or null.</summary>
    private static string? Check(byte[] component)
    {
        try
        {
            ComponentValidator.Validate(ComponentReader.Parse(component));
            return null;
        }
        catch (WasmException e)
        {
            Assert.InRange(e.Offset, 0, component.Length);
            return e.Reason;
        }
    }
}
