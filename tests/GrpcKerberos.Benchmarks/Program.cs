using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(GrpcKerberos.Benchmarks.ApExchangeBenchmarks).Assembly).Run(args);
