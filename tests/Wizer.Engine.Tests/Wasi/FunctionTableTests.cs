using Wizer.Binary;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

public class FunctionTableTests
{
    // As the definition of preview 1 (typenames.witx, wasi_snapshot_preview1.witx) lowers them.
    private const string Signatures = """
        args_get [i32 i32] -> [i32]
        args_sizes_get [i32 i32] -> [i32]
        clock_res_get [i32 i32] -> [i32]
        clock_time_get [i32 i64 i32] -> [i32]
        environ_get [i32 i32] -> [i32]
        environ_sizes_get [i32 i32] -> [i32]
        fd_advise [i32 i64 i64 i32] -> [i32]
        fd_allocate [i32 i64 i64] -> [i32]
        fd_close [i32] -> [i32]
        fd_datasync [i32] -> [i32]
        fd_fdstat_get [i32 i32] -> [i32]
        fd_fdstat_set_flags [i32 i32] -> [i32]
        fd_fdstat_set_rights [i32 i64 i64] -> [i32]
        fd_filestat_get [i32 i32] -> [i32]
        fd_filestat_set_size [i32 i64] -> [i32]
        fd_filestat_set_times [i32 i64 i64 i32] -> [i32]
        fd_pread [i32 i32 i32 i64 i32] -> [i32]
        fd_prestat_dir_name [i32 i32 i32] -> [i32]
        fd_prestat_get [i32 i32] -> [i32]
        fd_pwrite [i32 i32 i32 i64 i32] -> [i32]
        fd_read [i32 i32 i32 i32] -> [i32]
        fd_readdir [i32 i32 i32 i64 i32] -> [i32]
        fd_renumber [i32 i32] -> [i32]
        fd_seek [i32 i64 i32 i32] -> [i32]
        fd_sync [i32] -> [i32]
        fd_tell [i32 i32] -> [i32]
        fd_write [i32 i32 i32 i32] -> [i32]
        path_create_directory [i32 i32 i32] -> [i32]
        path_filestat_get [i32 i32 i32 i32 i32] -> [i32]
        path_filestat_set_times [i32 i32 i32 i32 i64 i64 i32] -> [i32]
        path_link [i32 i32 i32 i32 i32 i32 i32] -> [i32]
        path_open [i32 i32 i32 i32 i32 i64 i64 i32 i32] -> [i32]
        path_readlink [i32 i32 i32 i32 i32 i32] -> [i32]
        path_remove_directory [i32 i32 i32] -> [i32]
        path_rename [i32 i32 i32 i32 i32 i32] -> [i32]
        path_symlink [i32 i32 i32 i32 i32] -> [i32]
        path_unlink_file [i32 i32 i32] -> [i32]
        poll_oneoff [i32 i32 i32 i32] -> [i32]
        proc_exit [i32] -> []
        proc_raise [i32] -> [i32]
        random_get [i32 i32] -> [i32]
        sched_yield [] -> [i32]
        sock_accept [i32 i32 i32] -> [i32]
        sock_recv [i32 i32 i32 i32 i32 i32] -> [i32]
        sock_send [i32 i32 i32 i32 i32] -> [i32]
        sock_shutdown [i32 i32] -> [i32]
        """;

    [Fact]
    public void Functions_AreThe46OfPreview1()
    {
        using var wasi = new WasiPreview1(new WasiOptions());
        string[] actual = wasi.Functions.Select(static f => $"{f.Name} {f.Type}").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(46, actual.Length);
        Assert.Equal(Signatures.ReplaceLineEndings("\n"), string.Join('\n', actual));
    }

    [Fact]
    public void EveryFunction_HasTestsOfItsOwn()
    {
        IEnumerable<string> tested = typeof(FunctionTableTests).Assembly.GetTypes()
            .SelectMany(static t => t.GetCustomAttributesData())
            .Where(static a => a.AttributeType == typeof(TraitAttribute) && (string?)a.ConstructorArguments[0].Value == "function")
            .Select(static a => (string)a.ConstructorArguments[1].Value!);
        using var wasi = new WasiPreview1(new WasiOptions());
        Assert.Equal(wasi.Functions.Select(static f => f.Name), tested.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LegalizedForms_HaveTwoI32sForAnI64()
    {
        using var wasi = new WasiPreview1(new WasiOptions());
        foreach (WasiFunction function in wasi.Functions)
        {
            ValType[] halves = function.Type.Parameters.ToArray()
                .SelectMany(static p => Enumerable.Repeat(ValType.I32, p == ValType.I64 ? 2 : 1)).ToArray();
            ValType[] results = function.Type.Results.ToArray();
            Assert.True(LegalizedFunction.IsFormOf(new FuncType(halves, results), function.Type), function.Name);
            Assert.False(LegalizedFunction.IsFormOf(new FuncType([.. halves, ValType.I32], results), function.Type), function.Name);
            Assert.False(LegalizedFunction.IsFormOf(new FuncType(halves, [.. results, ValType.I32]), function.Type), function.Name);
            for (int i = 0; i < halves.Length; i++)
            {
                ValType[] other = [.. halves];
                other[i] = ValType.I64;
                Assert.False(LegalizedFunction.IsFormOf(new FuncType(other, results), function.Type), function.Name);
            }

            if (halves.Length != 0)
            {
                Assert.False(LegalizedFunction.IsFormOf(new FuncType(halves[1..], results), function.Type), function.Name);
            }
        }
    }

    [Fact]
    public void LegalizedArguments_AreThoseOfTheFunction()
    {
        // A number of its own in each place, with all bits of interest in both halves.
        using var wasi = new WasiPreview1(new WasiOptions());
        foreach (WasiFunction function in wasi.Functions)
        {
            var expected = new List<ulong>();
            var slots = new List<ulong>();
            foreach (ValType parameter in function.Type.Parameters)
            {
                uint low = 0x80000000 | (uint)slots.Count;
                slots.Add(low);
                if (parameter == ValType.I64)
                {
                    uint high = 0xc0000000 | (uint)slots.Count;
                    slots.Add(high);
                    expected.Add((ulong)high << 32 | low);
                }
                else
                {
                    expected.Add(low);
                }
            }

            ulong[] arguments = slots.ToArray();
            LegalizedFunction.Join(function.Type, arguments);
            Assert.Equal(expected, arguments[..expected.Count]);
        }
    }

    [Fact]
    public void Body_TrapsWithoutAMemory()
    {
        using var wasi = new WasiPreview1(new WasiOptions());
        foreach (WasiFunction function in wasi.Functions)
        {
            if (function.Name is "args_get" or "random_get" or "poll_oneoff")
            {
                var caller = new Caller(null, CancellationToken.None);
                var trap = Assert.Throws<WasmTrapException>(() => function.Body(caller, new ulong[] { 0, 0, 1, 0 }));
                Assert.Equal("missing required memory export", trap.Message);
            }
        }
    }

    [Fact]
    public void NoArguments_ThrowAnythingButTraps()
    {
        // Numbers at every edge, at every place, on every function but the one that is made to end the guest.
        ulong[] edges = [0, 1, 3, 4, 8, 1 << 16, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, ulong.MaxValue, 1UL << 63, 0xffff];
        using var guest = WasiGuest.WithDirectory(portable: false);
        var random = new Random(17);
        using var stopped = new CancellationTokenSource();
        guest.Interrupt = stopped.Token;
        stopped.Cancel(); // nothing may wait
        using var wasi = new WasiPreview1(new WasiOptions());
        foreach (WasiFunction function in wasi.Functions)
        {
            if (function.Name == "proc_exit")
            {
                continue;
            }

            for (int round = 0; round < 300; round++)
            {
                ulong[] arguments = new ulong[function.Type.ParameterSlotCount];
                for (int i = 0; i < arguments.Length; i++)
                {
                    ulong value = edges[random.Next(edges.Length)];
                    arguments[i] = function.Type.Parameters[i].Equals(ValType.I32) ? (uint)value : value;
                }

                Errno errno = guest.Call(function.Name, arguments);
                Assert.InRange((int)errno, 0, 76);
            }
        }
    }
}
