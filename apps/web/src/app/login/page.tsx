import { Suspense } from "react";
import { LoginForm } from "@/features/login/login-form.tsx";

export const metadata = { title: "Sign in" };

export default function Page() {
  return (
    <Suspense>
      <LoginForm />
    </Suspense>
  );
}
