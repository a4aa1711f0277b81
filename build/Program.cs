using Cake.Core;

Console.WriteLine(typeof(ICakeContext).Assembly.GetName().Name);
return 0;
